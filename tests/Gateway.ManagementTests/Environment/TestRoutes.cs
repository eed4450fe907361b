using System.Collections.Concurrent;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Management.Lifecycle;

namespace Gateway.ManagementTests;

/// <summary>Stands in for the running gateway: remembers what it is told to route to, and has as many requests under way as a test says.</summary>
internal sealed class TestRoutes : IEngineRoutes
{
    private readonly ConcurrentDictionary<Uri, Traffic> _traffic = [];

    public IReadOnlyList<RoutedEngine> Engines { get; private set; } = [];

    public HashSet<string> Taken { get; } = [];

    /// <summary>Thrown by the next change.</summary>
    public LifecycleException? Fails { get; set; }

    public OnDemandSettings OnDemand { get; set; } = new();

    public bool IsTaken(string name) => Taken.Contains(name);

    public Task SetAsync(IReadOnlyList<RoutedEngine> engines, CancellationToken cancellationToken)
    {
        if (Fails is { } fails)
        {
            Fails = null;
            throw fails;
        }

        Engines = engines;
        return Task.CompletedTask;
    }

    public IEngineTraffic? Find(Uri address) => Engines.Any(engine => engine.Addresses.Contains(address)) ? TrafficTo(address) : null;

    public Traffic TrafficTo(Uri address) => _traffic.GetOrAdd(address, _ => new Traffic());

    /// <summary>The traffic to one engine.</summary>
    internal sealed class Traffic : IEngineTraffic
    {
        public EngineState State => EngineState.Ready;

        public int InFlight => Idle.IsCompleted ? 0 : 1;

        public long Uses => 0;

        /// <summary>Completes when the last request is answered.</summary>
        public Task Idle { get; set; } = Task.CompletedTask;

        public bool Held { get; private set; }

        public int Holds { get; private set; }

        public void Hold(EngineState state, string? note = null)
        {
            Held = true;
            Holds++;
        }

        public void Release() => Held = false;

        public async Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken)
        {
            await Idle.WaitAsync(limit, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Idle.IsCompleted;
        }
    }
}
