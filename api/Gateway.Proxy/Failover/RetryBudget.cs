namespace Gateway.Proxy.Failover;

/// <summary>
/// Earned by requests, spent by retries: over the long run retries stay a share of the requests, so that an engine in trouble
/// gets little more than before. A small reserve covers quiet times.
/// </summary>
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
