using Gateway.Core.Configuration;
using Gateway.Engines;

namespace Gateway.Management.Lifecycle;

/// <summary>An installed engine as a backend.</summary>
/// <param name="Name">Its name, and the backend's.</param>
/// <param name="Kind">Id of its profile.</param>
/// <param name="Addresses">Base URLs of its replicas.</param>
/// <param name="ApiKey">The engine's own key.</param>
public sealed record RoutedEngine(string Name, string Kind, IReadOnlyList<Uri> Addresses, string? ApiKey);

/// <summary>The running gateway, seen from those who install engines.</summary>
public interface IEngineRoutes
{
    /// <summary>A backend of the settings has this name.</summary>
    bool IsTaken(string name);

    /// <summary>Which installed engines run only while they are used; those are routed to while they are stopped, too.</summary>
    OnDemandSettings OnDemand { get; }

    /// <summary>From now on these are the installed engines that requests may go to; nothing else changes for anybody.</summary>
    /// <exception cref="LifecycleException">One of them cannot be routed to; all stays as it was.</exception>
    Task SetAsync(IReadOnlyList<RoutedEngine> engines, CancellationToken cancellationToken);

    /// <summary>The traffic to the engine at this address; null where nothing is routed there.</summary>
    IEngineTraffic? Find(Uri address);
}

/// <summary>The requests to one engine. It can be asked still when the engine is out of routing.</summary>
public interface IEngineTraffic
{
    /// <summary>As the gateway's own probes say.</summary>
    EngineState State { get; }

    /// <summary>Requests that it works on.</summary>
    int InFlight { get; }

    /// <summary>Grows whenever it is used.</summary>
    long Uses { get; }

    /// <summary>Nobody new is sent there: requests are held as long as a loading engine may be waited for.</summary>
    /// <param name="state">How it is shown meanwhile.</param>
    /// <param name="note">What is being done to it, for callers who are told to come back.</param>
    void Hold(EngineState state, string? note = null);

    void Release();

    /// <summary>Waits until nobody uses it any more.</summary>
    /// <returns>False when <paramref name="limit"/> was over first.</returns>
    Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken);
}
