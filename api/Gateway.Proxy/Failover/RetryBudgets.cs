using System.Runtime.CompilerServices;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Failover;

/// <summary>The retry budget of each backend, spent by requests for its models.</summary>
public sealed class RetryBudgets
{
    private readonly ConditionalWeakTable<SharedBackendState, RetryBudget> _all = [];

    public RetryBudget Of(Backend backend) =>
        _all.TryGetValue(backend.Shared, out var budget) ? budget : _all.GetValue(backend.Shared, _ => new RetryBudget(backend.Settings.Resilience.RetryBudget));

    /// <summary>These backends are in force, with their shares.</summary>
    public void Apply(IEnumerable<Backend> backends)
    {
        foreach (var backend in backends)
        {
            Of(backend).Share = backend.Settings.Resilience.RetryBudget;
        }
    }
}
