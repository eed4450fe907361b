using System.Collections.Frozen;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Health;

/// <summary>Probes every replica: often while it is away or loading, seldom while it is ready, immediately when traffic suspects a
/// change.</summary>
public sealed partial class HealthMonitor(EngineProber prober, EngineLoadReader loads, TimeProvider clock, ILogger<HealthMonitor> logger, Defects? defects = null) : IAsyncDisposable
{
    private static readonly TimeSpan WhenReady = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Dictionary<Replica, ReplicaWatch> _watches = [];

    /// <summary>A replica of this backend has just turned ready.</summary>
    public event Action<Backend>? BecameReady;

    /// <summary>Watches these backends too. A replica that is watched already goes on without a break.</summary>
    public void Follow(IEnumerable<Backend> backends)
    {
        lock (_lock)
        {
            foreach (var (backend, replica) in backends.SelectMany(backend => backend.Replicas.Select(replica => (backend, replica))))
            {
                if (_watches.TryGetValue(replica, out var watch))
                {
                    watch.Backend = backend;
                    continue;
                }

                _watches[replica] = watch = new ReplicaWatch(backend, replica);
                watch.Task = SteadyService.RunAsync("health", defects, clock, stopping => WatchAsync(watch, stopping), watch.Stop.Token);
            }
        }
    }

    /// <summary>Watches only the replicas of these backends.</summary>
    public void Keep(IEnumerable<Backend> backends)
    {
        var kept = backends.SelectMany(backend => backend.Replicas).ToFrozenSet();
        lock (_lock)
        {
            foreach (var (replica, watch) in _watches.Where(pair => !kept.Contains(pair.Key)).ToArray())
            {
                _watches.Remove(replica);
                watch.Stop.Cancel();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        ReplicaWatch[] watches;
        lock (_lock)
        {
            watches = [.. _watches.Values];
            _watches.Clear();
        }

        foreach (var watch in watches)
        {
            await watch.Stop.CancelAsync();
            await watch.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchAsync(ReplicaWatch watch, CancellationToken stopping)
    {
        await Task.Yield();
        var replica = watch.Replica;
        var pause = Soonest;
        while (!stopping.IsCancellationRequested)
        {
            var suspected = replica.Suspected;
            if (await ProbeAsync(watch, pause, stopping) is { } next)
            {
                pause = next;
            }
            else
            {
                // Other settings came in between, and with them perhaps another way to ask.
                continue;
            }

            // However many requests suspect a change, two probes are never closer than the shortest pause.
            await Task.Delay(Soonest, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await suspected.WaitAsync(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Asks the engine itself.</summary>
    /// <returns>The pause until the next probe; null when the settings changed meanwhile.</returns>
    private async Task<TimeSpan?> ProbeAsync(ReplicaWatch watch, TimeSpan pause, CancellationToken stopping)
    {
        var (backend, replica) = (watch.Backend, watch.Replica);
        var before = replica.Seen ? replica.Probed : (EngineState?)null;
        var (state, load) = await ReadStateAsync(watch, before, stopping);
        if (stopping.IsCancellationRequested || watch.Backend != backend)
        {
            return null;
        }

        replica.Report(state);
        replica.Load = load;
        if (state != before)
        {
            Log.StateChanged(logger, replica.Name, backend.Profile.DisplayName, state, replica.Trouble is { } trouble ? $": {trouble}" : "");
            pause = Soonest;
        }

        // One that answers otherwise than it should is used all the same, and so its models are listed.
        if (state is EngineState.Ready or EngineState.Degraded && state != before)
        {
            BecameReady?.Invoke(backend);
        }

        if (state != EngineState.Ready)
        {
            return watch.WhileAway(pause);
        }

        watch.IsBack();
        return WhenReady;
    }

    // A sleeping engine still answers its probe with 200; its metrics, which are read anyway, show the sleep.
    private async Task<(EngineState State, EngineLoad? Load)> ReadStateAsync(ReplicaWatch watch, EngineState? before, CancellationToken stopping)
    {
        var state = await prober.ProbeAsync(watch.Backend, watch.Replica, stopping);
        if (state != EngineState.Ready)
        {
            return (state, null);
        }

        var load = await ReadLoadAsync(watch, before != EngineState.Ready, stopping);
        return load is { Asleep: true } ? (EngineState.Asleep, null) : (state, load);
    }

    private async ValueTask<EngineLoad?> ReadLoadAsync(ReplicaWatch watch, bool turnedReady, CancellationToken stopping)
    {
        if (watch.SkipsLoad(turnedReady))
        {
            return null;
        }

        var (load, reports) = await loads.ReadAsync(watch.Backend, watch.Replica, stopping);
        if (!reports)
        {
            watch.NoteNoLoad();
        }

        return load;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Replica} ({Engine}) is {State}{Trouble}")]
        public static partial void StateChanged(ILogger logger, string replica, string engine, EngineState state, string trouble);
    }
}
