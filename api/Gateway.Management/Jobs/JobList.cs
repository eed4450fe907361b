namespace Gateway.Management.Jobs;

/// <summary>The jobs, the newest last, as they are now and as they are kept in the file. May be used from anywhere at once.</summary>
public sealed partial class JobList(JobStore store, ILogger<JobList> logger)
{
    /// <summary>Jobs that are kept.</summary>
    public const int History = 200;

    private readonly Lock _lock = new();
    private List<JobRecord> _jobs = [];

    /// <summary>The newest first.</summary>
    public IReadOnlyList<JobRecord> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _jobs.AsEnumerable().Reverse()];
            }
        }
    }

    public JobRecord? Find(string id)
    {
        lock (_lock)
        {
            return _jobs.Find(job => job.Id == id);
        }
    }

    /// <summary>Something is being done to this engine on this node.</summary>
    public bool IsRunning(string engine, string node)
    {
        lock (_lock)
        {
            return _jobs.Exists(job => !job.Processed && job.Engine == engine && job.Nodes.Any(other => other.Node == node));
        }
    }

    /// <summary>Adds a job, unless one that has not ended is about the same engine on one of its nodes.</summary>
    /// <returns>That one, or null when the job was added.</returns>
    public JobRecord? Add(JobRecord job)
    {
        lock (_lock)
        {
            if (!job.Processed && _jobs.Find(other => !other.Processed && other.Shares(job)) is { } running)
            {
                return running;
            }

            _jobs.Add(job);
        }

        Save();
        return null;
    }

    /// <summary>Changes a job that has not ended.</summary>
    /// <returns>As it is then; null where there is none.</returns>
    public JobRecord? Change(string id, Func<JobRecord, JobRecord> change)
    {
        JobRecord changed;
        lock (_lock)
        {
            var place = _jobs.FindIndex(job => job.Id == id && !job.Processed);
            if (place < 0)
            {
                return null;
            }

            changed = _jobs[place] = change(_jobs[place]);
        }

        // How far it is does not matter to the next process; that it has ended does.
        if (changed.Processed)
        {
            Save();
        }

        return changed;
    }

    /// <summary>Takes up what the process before has kept.</summary>
    /// <param name="settle">Gets those that had not ended, and says how they did.</param>
    public void Restore(Func<JobRecord, JobRecord> settle)
    {
        var (kept, fault) = store.Load();
        if (fault is not null)
        {
            Log.Damaged(logger, fault);
        }

        JobRecord[] settled = [.. kept.Select(job => job.Processed ? job : settle(job))];
        lock (_lock)
        {
            _jobs.InsertRange(0, settled);
        }

        Save();
    }

    private void Save()
    {
        try
        {
            lock (_lock)
            {
                // Only what has ended may be forgotten.
                var tooMany = _jobs.Count - History;
                _jobs = tooMany > 0 ? [.. _jobs.Where(job => !job.Processed || tooMany-- <= 0)] : _jobs;
                store.Save(_jobs);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotKept(logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Jobs cannot be written to GATEWAY_DATA_DIR and would be lost by a restart: {Reason}")]
        public static partial void NotKept(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Error, "{Fault}")]
        public static partial void Damaged(ILogger logger, string fault);
    }
}
