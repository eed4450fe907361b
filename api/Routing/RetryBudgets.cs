using System.Runtime.CompilerServices;
using Gateway.Backends;

namespace Gateway.Routing;

/// <summary>The retry budget of each backend, spent by requests for its models.</summary>
internal sealed class RetryBudgets
{
    private readonly ConditionalWeakTable<Backend, RetryBudget> _all = [];

    public RetryBudget Of(Backend backend) => _all.GetValue(backend, static owner => new RetryBudget(owner.Settings.Resilience.RetryBudget));
}
