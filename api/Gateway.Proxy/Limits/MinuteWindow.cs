namespace Gateway.Proxy.Limits;

/// <summary>What was used within the last minute, in slots of a second. Not thread-safe.</summary>
/// <remarks>The current second counts in addition to sixty whole ones: within any sixty seconds there is never more than the
/// limit.</remarks>
public sealed class MinuteWindow
{
    private const int Slots = 61;

    private readonly long[] _used = new long[Slots];
    private long _latest;

    /// <summary>The sum of all slots.</summary>
    public long Sum { get; private set; }

    /// <summary>Forgets what is older than a minute.</summary>
    /// <param name="now">Seconds of a steady clock.</param>
    public void Advance(double now)
    {
        var second = (long)now;
        var passed = Math.Min(second - _latest, Slots);
        for (var i = 1; i <= passed; i++)
        {
            ref var slot = ref _used[(_latest + i) % Slots];
            Sum -= slot;
            slot = 0;
        }

        _latest = Math.Max(_latest, second);
    }

    /// <summary>Adds to the second that has begun; <see cref="Advance"/> comes first.</summary>
    public void Add(long amount)
    {
        _used[_latest % Slots] += amount;
        Sum += amount;
    }

    /// <summary>Seconds until so much is forgotten; null when it is more than there is.</summary>
    public double? SecondsUntilFree(double now, long amount)
    {
        if (amount > Sum)
        {
            return null;
        }

        long freed = 0;
        for (var second = _latest - Slots + 1; second <= _latest; second++)
        {
            freed += second < 0 ? 0 : _used[second % Slots];
            if (freed >= amount)
            {
                return Math.Max(0, second + Slots - now);
            }
        }

        return null;
    }
}
