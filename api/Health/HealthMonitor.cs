using System.Collections.Frozen;
using Gateway.Backends;
using Gateway.Engines;

namespace Gateway.Health;

/// <summary>
/// Keeps every replica's state fresh: often while it is away or loading, seldom while it is well, and at once when traffic says
/// that something changed. A backend that turns ready is reported to whoever lists its models.
/// </summary>
internal sealed partial class HealthMonitor(EngineProber prober, EngineLoadReader loads, TimeProvider clock, ILogger<HealthMonitor> logger) : IAsyncDisposable
{
    private static readonly TimeSpan WhenReady = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<Replica, Watch> _watches = [];

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

                _watches[replica] = watch = new Watch(backend);
                watch.Task = WatchAsync(watch, replica, watch.Stop.Token);
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
        Watch[] watches;
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

    private async Task WatchAsync(Watch watch, Replica replica, CancellationToken stopping)
    {
        await Task.Yield();
        var pause = Soonest;
        while (!stopping.IsCancellationRequested)
        {
            var backend = watch.Backend;
            var changed = replica.Changed;
            var before = replica.Seen ? replica.Probed : (EngineState?)null;
            var state = await prober.ProbeAsync(backend, replica, stopping);
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            // Other settings came in between, and with them perhaps another way to ask.
            if (watch.Backend != backend)
            {
                continue;
            }

            replica.Report(state);
            if (state != before)
            {
                Log.StateChanged(logger, replica.Name, backend.Profile.DisplayName, state);
                pause = Soonest;
            }

            if (state == EngineState.Ready && before != EngineState.Ready)
            {
                BecameReady?.Invoke(backend);
            }

            replica.Load = state == EngineState.Ready ? await loads.ReadAsync(backend, replica, stopping) : null;
            pause = state == EngineState.Ready ? WhenReady : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, Latest.Ticks));

            // However loud the traffic is, two probes are never closer than the shortest pause.
            await Task.Delay(Soonest, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await changed.WaitAsync(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Replica} ({Engine}) is {State}")]
        public static partial void StateChanged(ILogger logger, string replica, string engine, EngineState state);
    }

    private sealed class Watch(Backend backend)
    {
        private volatile Backend _backend = backend;

        /// <summary>The replica's backend by the settings in force.</summary>
        public Backend Backend
        {
            get => _backend;
            set => _backend = value;
        }

        public CancellationTokenSource Stop { get; } = new();

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
