using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Management.Jobs;
using Gateway.Management.Lifecycle;
using Gateway.Management.Operations;

namespace Gateway.Management.Swap;

/// <summary>
/// Sees to it that what runs on demand can be started: makes those known that the settings want installed, and pulls an image before
/// its engine takes anybody's place, for that may take an hour. Used by one loop; what it begins goes on beside that.
/// </summary>
public sealed partial class SwapInstalls(EngineLifecycle lifecycle, OnDemandInstalls installs, TimeProvider clock, ILogger<SwapInstalls> logger)
{
    /// <summary>A registry that has just refused will do so again.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, State> _states = [];

    /// <summary>Makes those known that are to be installed and are not.</summary>
    public void Prepare(IReadOnlyList<OnDemandEngine> engines, CancellationToken cancellationToken)
    {
        foreach (var engine in engines.Where(engine => engine.Install is not null))
        {
            if (installs.Ready && lifecycle.Records.All(record => record.Key.Name != engine.Name))
            {
                Begin(engine.Name, _ => installs.PrepareAsync(engine, cancellationToken));
            }
        }
    }

    /// <summary>The images of a stopped engine are there. Where that is not known yet, it is looked for, and what is missing is pulled.</summary>
    public bool IsThere(string name, IReadOnlyList<EngineRecord> records, CancellationToken cancellationToken)
    {
        var state = Of(name);
        if (!state.Fetched)
        {
            Begin(name, state => FetchAsync(name, state, records, cancellationToken));
        }

        return state.Fetched;
    }

    /// <summary>It is to be looked for again before the next start: somebody may make room meanwhile.</summary>
    public void Forget(string name) => Of(name).Fetched = false;

    /// <summary>How an engine is shown that does not run, and what is told to those who ask for it.</summary>
    public (EngineState State, string? Note) Shown(string name)
    {
        var state = Of(name);
        return state.Job is { } job ? (EngineState.Pulling, Pulled(installs.Find(job))) : (EngineState.Absent, Rests(state) ? "it could not be installed and will be retried" : null);
    }

    private State Of(string name) => _states.TryGetValue(name, out var state) ? state : _states[name] = new State();

    private bool Rests(State state) => state.FailedAt is { } failed && clock.GetElapsedTime(failed) < AfterFailure;

    private void Begin(string name, Func<State, Task> work)
    {
        var state = Of(name);
        if (!state.Busy && !Rests(state))
        {
            state.Busy = true;
            _ = GuardedWork.TryAsync($"The installation of {name}", logger, () => RunAsync(name, state, work), CancellationToken.None);
        }
    }

    private async Task RunAsync(string name, State state, Func<State, Task> work)
    {
        try
        {
            await work(state);
            state.FailedAt = null;
        }
        catch (Exception e) when (LifecycleErrors.IsExpected(e))
        {
            state.FailedAt = clock.GetTimestamp();
            Log.Failed(logger, name, e.Message);
        }
        catch
        {
            state.FailedAt = clock.GetTimestamp();
            throw;
        }
        finally
        {
            state.Job = null;
            state.Busy = false;
        }
    }

    private async Task FetchAsync(string name, State state, IReadOnlyList<EngineRecord> records, CancellationToken cancellationToken)
    {
        var missing = new List<EngineRecord>();
        foreach (var record in records)
        {
            if (!await lifecycle.IsFetchedAsync(record, cancellationToken))
            {
                missing.Add(record);
            }
        }

        if (missing.Count > 0)
        {
            var id = state.Job = installs.Fetch(name, missing);
            await installs.EndOfAsync(id).WaitAsync(cancellationToken);
            var job = installs.Find(id);
            if (job is not { Processed: true, Error: null, Cancelled: false })
            {
                throw new LifecycleException(LifecycleReason.PullBroken, job?.Error ?? "The pull was cancelled.");
            }
        }

        state.Fetched = true;
    }

    private static string Pulled(JobRecord? job)
    {
        var (bytes, total) = (job?.Nodes.Sum(node => node.Bytes), job?.Nodes.Sum(node => node.TotalBytes) ?? 0);
        return total > 0 ? $"its image is being pulled, {JobProgress.Size(bytes!.Value)} of {JobProgress.Size(total)}" : "its image is being pulled";
    }

    /// <summary>What is known of one engine. The loop reads what its work writes.</summary>
    private sealed class State
    {
        private volatile bool _busy;
        private volatile bool _fetched;
        private volatile string? _job;
        private long _failedAt;

        public bool Busy
        {
            get => _busy;
            set => _busy = value;
        }

        public bool Fetched
        {
            get => _fetched;
            set => _fetched = value;
        }

        /// <summary>Id of the job that pulls it; null while none does.</summary>
        public string? Job
        {
            get => _job;
            set => _job = value;
        }

        public long? FailedAt
        {
            get => Interlocked.Read(ref _failedAt) is not 0 and var at ? at : null;
            set => Interlocked.Exchange(ref _failedAt, value ?? 0);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Engine} (on demand) cannot be installed yet: {Reason}")]
        public static partial void Failed(ILogger logger, string engine, string reason);
    }
}
