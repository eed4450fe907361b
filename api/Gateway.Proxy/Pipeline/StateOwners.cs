using Gateway.Proxy.Backends;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Health;
using Gateway.Proxy.Models;
using Gateway.Proxy.Routing;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Pipeline;

/// <summary>What keeps states and counts of backends beyond a change of settings.</summary>
public sealed class StateOwners(
    HealthMonitor health, ModelListCache models, Admission admission, RetryBudgets budgets, Lifecycle lifecycle, GatewayMetrics metrics, Defects defects)
{
    public HealthMonitor Health { get; } = health;

    public ModelListCache Models { get; } = models;

    public Lifecycle Lifecycle { get; } = lifecycle;

    public GatewayMetrics Metrics { get; } = metrics;

    public Defects Defects { get; } = defects;

    /// <summary>These backends are in force from now on, and no others.</summary>
    public void Follow(BackendTable backends)
    {
        backends.Commit();
        Health.Keep(backends.All);
        Models.Follow(backends.All);
        admission.Apply(backends.All);
        budgets.Apply(backends.All);
    }
}
