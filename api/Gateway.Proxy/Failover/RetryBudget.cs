using System.Runtime.CompilerServices;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Failover;

/// <summary>Requests earn retries, so that retries stay a share of the requests; a small reserve covers quiet times.</summary>
public sealed class RetryBudget(double share)
{
    private const int Unit = 1000;
    private const int Reserve = 10 * Unit;
    private volatile int _earned = (int)(share * Unit);
    private int _tokens = Reserve;

    /// <summary>Retries for each request, over the long run.</summary>
    public double Share
    {
        set => _earned = (int)(value * Unit);
    }

    public void Earn()
    {
        if (Volatile.Read(ref _tokens) < Reserve)
        {
            Interlocked.Add(ref _tokens, _earned);
        }
    }

    /// <summary>Takes one retry from the budget; false when it is used up.</summary>
    public bool TrySpend()
    {
        if (Interlocked.Add(ref _tokens, -Unit) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref _tokens, Unit);
        return false;
    }
}

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
