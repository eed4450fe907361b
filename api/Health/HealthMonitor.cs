using Gateway.Backends;
using Gateway.Engines;

namespace Gateway.Health;

/// <summary>
/// Keeps every replica's state fresh: often while it is away or loading, seldom while it is well, and at once when traffic says
/// that something changed. A backend that turns ready is reported to whoever lists its models.
/// </summary>
internal sealed partial class HealthMonitor(BackendTable backends, EngineProber prober, EngineLoadReader loads, TimeProvider clock, ILogger<HealthMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan WhenReady = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(5);

    /// <summary>A replica of this backend has just turned ready.</summary>
    public event Action<Backend>? BecameReady;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(backends.All.SelectMany(backend => backend.Replicas.Select(replica => WatchAsync(backend, replica, stoppingToken))));

    private async Task WatchAsync(Backend backend, Replica replica, CancellationToken stopping)
    {
        var pause = Soonest;
        while (!stopping.IsCancellationRequested)
        {
            var changed = replica.Changed;
            var before = replica.Seen ? replica.State : (EngineState?)null;
            var state = await prober.ProbeAsync(backend, replica, stopping);
            if (stopping.IsCancellationRequested)
            {
                return;
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
}
