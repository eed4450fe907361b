using Gateway.Proxy.Backends;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Telemetry;

namespace Gateway.Console.Stats;

/// <summary>Adds to the history every two seconds. It runs only where an operator's key lets somebody look at it.</summary>
public sealed class StatsSampler(TotalsReader reader, StatsHistory history, CurrentSnapshot snapshot, TimeProvider clock, Defects? defects = null)
    : SteadyService("stats", defects, clock)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, Clock);
        do
        {
            history.Add(Clock.GetUtcNow().ToUnixTimeMilliseconds(), reader.Read(), Loads());
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(static tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default));
    }

    private Dictionary<string, (int InFlight, int Queued)> Loads()
    {
        var loads = new Dictionary<string, (int, int)>(StringComparer.Ordinal);
        if (snapshot.Value is { } current)
        {
            foreach (var backend in current.Backends.All)
            {
                loads[backend.Name] = (backend.Replicas.Sum(static replica => replica.InFlight), QueuedAt(current, backend));
            }
        }

        return loads;
    }

    private static int QueuedAt(GatewaySnapshot current, Backend backend) =>
        backend.Settings.Admission.MaxConcurrency is null ? 0 : current.Admission.QueueOf(backend).Queued;
}
