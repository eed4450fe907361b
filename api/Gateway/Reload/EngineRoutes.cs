using Gateway.Core.Configuration;
using Gateway.Management.Lifecycle;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;

namespace Gateway.Reload;

/// <summary>Routes to installed engines beside the backends of the settings, while the gateway runs.</summary>
internal sealed class EngineRoutes(LiveGateway gateway, Lifecycle lifecycle, TimeProvider clock) : IEngineRoutes
{
    private const string Source = "installed engines";
    private volatile IReadOnlyList<RoutedEngine> _engines = [];
    private OnDemandSettings _applied = new();

    public OnDemandSettings OnDemand => gateway.OnDemand;

    public bool IsTaken(string name) =>
        _engines.All(engine => engine.Name != name) && gateway.Current?.Backends.All.Any(backend => string.Equals(backend.Name, name, StringComparison.OrdinalIgnoreCase)) == true;

    public async Task SetAsync(IReadOnlyList<RoutedEngine> engines, CancellationToken cancellationToken)
    {
        var onDemand = OnDemand;
        if (Same(engines, _engines) && onDemand.SameAs(_applied))
        {
            return;
        }

        var faults = await gateway.SetBackendsAsync(Source, [.. engines.Select(Settings)], cancellationToken);
        _engines = faults.Count == 0 ? engines : throw new LifecycleException(LifecycleReason.NameTaken, string.Join(' ', faults));
        _applied = onDemand;
    }

    public IEngineTraffic? Find(Uri address) =>
        gateway.Current?.Backends.All.SelectMany(backend => backend.Replicas, (backend, replica) => (backend, replica)).FirstOrDefault(pair => pair.replica.Address.Api == address) is { replica: not null } found
            ? new EngineTraffic(found.replica, LongestWait(found.backend), lifecycle, clock)
            : null;

    private BackendSettings Settings(RoutedEngine engine) => gateway.BackendDefaults with
    {
        Name = engine.Name,
        Kind = engine.Kind,
        Replicas = [.. engine.Addresses.Select(address => new ReplicaSettings(address))],
        ApiKey = engine.ApiKey,
        // Its models are known while it cannot be asked for them.
        Models = [.. OnDemand.Engines.Where(one => one.Name == engine.Name).SelectMany(one => one.Models).Distinct().Select(model => new ModelAlias(model, model))],
    };

    // A request that began before a change may still be about to choose its replica after it.
    private TimeSpan LongestWait(Backend backend) => backend.Settings.Admission.QueueTimeout + gateway.LoadingWait;

    private static bool Same(IReadOnlyList<RoutedEngine> one, IReadOnlyList<RoutedEngine> other) =>
        one.Count == other.Count && one.Zip(other).All(pair =>
            pair.First.Addresses.SequenceEqual(pair.Second.Addresses) && pair.First with { Addresses = pair.Second.Addresses } == pair.Second);
}
