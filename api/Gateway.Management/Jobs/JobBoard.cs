using Gateway.Management.Audit;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Jobs;

/// <summary>
/// Runs jobs in the background. Two jobs never work on one engine of one node at once: the same request meets the job that runs
/// already, another one is turned away.
/// </summary>
public sealed partial class JobBoard(JobList jobs, AuditLog audit, TimeProvider clock, ILogger<JobBoard> logger) : IAsyncDisposable
{
    private const int AtOnce = 4;
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turns = new(AtOnce);
    private readonly Dictionary<string, (CancellationTokenSource Source, Task Task)> _running = [];
    private bool _stopping;

    public JobList Jobs => jobs;

    /// <summary>Takes up the jobs of the process before. Those that had not ended are settled by what is there now.</summary>
    /// <param name="settle">A job that was cut short, as it is to be kept.</param>
    public void Restore(Func<JobRecord, JobRecord> settle)
    {
        jobs.Restore(job =>
        {
            var kept = settle(job) with { Processed = true, Queued = false, FinishedAt = clock.GetUtcNow() };
            Log.Settled(logger, kept.Action, kept.Engine, kept.Error ?? kept.Message);
            audit.Ended(kept);
            return kept;
        });
    }

    /// <summary>Begins a job, unless one on the same engine runs.</summary>
    public JobTicket Submit(JobRequest request)
    {
        var job = Describe(request, clock.GetUtcNow());
        if (jobs.Add(job) is { } running)
        {
            return new JobTicket(running, running.Action != job.Action || running.Fingerprint != job.Fingerprint);
        }

        if (!job.Processed)
        {
            audit.Began(job);
            lock (_lock)
            {
                var source = new CancellationTokenSource();
                _running[job.Id] = (source, Task.Run(() => GuardedWork.TryAsync($"Job {job.Id}", logger, () => RunAsync(request, source), CancellationToken.None)));
            }
        }

        return new JobTicket(job, Conflict: false);
    }

    /// <summary>Gives a job up; what it changed is taken back.</summary>
    /// <returns>False where it has ended already.</returns>
    public bool Cancel(string id)
    {
        lock (_lock)
        {
            if (jobs.Find(id) is not { Processed: false } || !_running.TryGetValue(id, out var running))
            {
                return false;
            }

            // Whoever waits for it goes on elsewhere, not under this lock.
            _ = running.Source.CancelAsync();
            return true;
        }
    }

    /// <summary>Done when a job has ended, however it did.</summary>
    public Task EndOfAsync(string id)
    {
        lock (_lock)
        {
            return _running.TryGetValue(id, out var running) ? running.Task : Task.CompletedTask;
        }
    }

    /// <summary>Interrupts what runs. Such jobs stay unfinished in the file, for the next process to settle.</summary>
    public async Task StopAsync()
    {
        (CancellationTokenSource Source, Task Task)[] running;
        lock (_lock)
        {
            _stopping = true;
            running = [.. _running.Values];
        }

        await Task.WhenAll(running.Select(job => job.Source.CancelAsync()));
        await Task.WhenAny(Task.WhenAll(running.Select(job => job.Task)), Task.Delay(LastMoment, clock));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _turns.Dispose();
    }

    /// <summary>An engine's image with its digest.</summary>
    public static string Version(InstalledEngine engine) =>
        engine.Image.Contains('@', StringComparison.Ordinal) ? engine.Image : $"{engine.Image}@{engine.Digest}";

    private static JobRecord Describe(JobRequest request, DateTimeOffset now)
    {
        var job = new JobRecord
        {
            Id = request.Id,
            Action = request.Action,
            Engine = request.Engine,
            Element = request.Element,
            Fingerprint = request.Fingerprint,
            Who = request.Who,
            CreatedAt = now,
            Queued = true,
            Message = $"processing backend: {request.Element}",
            Nodes = [.. request.Parts.Select(part => new NodeProgress(part.Node.Id, part.Node.Name) { File = part.Image, Before = part.Before, After = part.Before })],
        };
        return request.Parts.Count > 0 ? job : job with { Processed = true, Queued = false, FinishedAt = now, Message = "completed" };
    }

    private async Task RunAsync(JobRequest request, CancellationTokenSource source)
    {
        try
        {
            await _turns.WaitAsync(source.Token);
            try
            {
                jobs.Change(request.Id, job => job with { Queued = false });
                await Task.WhenAll(request.Parts.Select(part => RunAsync(request.Id, part, source.Token)));
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // Before its turn came: nothing has been touched.
        }
        finally
        {
            // Whatever happened: a job that does not end would keep its engine busy until the next start.
            End(request.Id, source);
        }
    }

    private async Task RunAsync(string id, JobPart part, CancellationToken cancellationToken)
    {
        void Node(Func<NodeProgress, NodeProgress> change) => jobs.Change(id, job => JobProgress.On(job, part.Node.Id, change));

        void Failed(string? error, bool away = false) => Node(node => node with { Status = NodeProgress.Failed, Error = error, Away = away });

        if (part.RunAsync is null)
        {
            Failed(part.Fault, part.Away);
            return;
        }

        try
        {
            var engine = await part.RunAsync(new JobProgress(part, change => jobs.Change(id, change)), cancellationToken);
            Node(node => node with { Status = NodeProgress.Success, Percent = 100, Phase = JobProgress.Word(LifecyclePhase.Done), After = engine is null ? null : Version(engine) });
        }
        catch (LifecycleException e)
        {
            Failed(e.RolledBackTo is { } back ? $"{e.Message} {back} serves again." : e.Message, e.Reason == LifecycleReason.DaemonAway);
        }
        catch (OperationCanceledException)
        {
            Failed("cancelled");
        }
#pragma warning disable CA1031 // A defect in one job must be told as that job's failure: there is nobody above it who would hear of it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Defect(logger, id, e);
            Failed($"The gateway itself failed: {e.Message}");
        }
    }

    private void End(string id, CancellationTokenSource source)
    {
        bool cancelled;
        lock (_lock)
        {
            if (_stopping)
            {
                return;
            }

            cancelled = source.IsCancellationRequested;
        }

        // What is told as ended stands in the audit log already. Nobody changes it any more: its work is done.
        if (jobs.Find(id) is { } job)
        {
            var ended = JobEnd.Of(job, cancelled, clock.GetUtcNow());
            audit.Ended(ended);
            jobs.Change(id, _ => ended);
            Log.Ended(logger, ended.Action, ended.Engine, ended.Message);
        }

        // Not before it is shown as ended: EndOfAsync promises that.
        lock (_lock)
        {
            _running.Remove(id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Action} of {Engine}: {Message}")]
        public static partial void Ended(ILogger logger, JobAction action, string engine, string message);

        [LoggerMessage(2, LogLevel.Warning, "{Action} of {Engine} was cut short by the end of the process before: {Message}")]
        public static partial void Settled(ILogger logger, JobAction action, string engine, string message);

        [LoggerMessage(3, LogLevel.Error, "Job {Id} failed by a defect.")]
        public static partial void Defect(ILogger logger, string id, Exception exception);
    }
}
