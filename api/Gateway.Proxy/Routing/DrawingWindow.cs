namespace Gateway.Proxy.Routing;

/// <summary>
/// Which of very many replicas are drawn from at the moment: a few at a time, so that their connections and what is known of them
/// stay at hand, and every one of them in its turn within two seconds. Who is a few with whom changes with each round, so that
/// replicas of other weights, or new ones, are spread over all of them.
/// </summary>
internal sealed class DrawingWindow(TimeProvider clock, Random random)
{
    public const int Size = 64;

    private const int RoundSeconds = 2;

    // Primes above any number of replicas: stepping so far, round and round, meets every replica once.
    private static readonly long[] Steps = [1_000_003, 1_000_033, 1_000_037, 1_000_039, 1_000_081, 1_000_099, 1_000_117, 1_000_121, 1_000_133, 1_000_151, 1_000_159];

    private readonly long _round = RoundSeconds * clock.TimestampFrequency;

    /// <summary>Another one in each process: two gateways shall not send everything to the same few.</summary>
    private readonly int _offset = random.Next(1_000_000);

    /// <summary>The place of one of the few.</summary>
    /// <param name="index">From 0 to <see cref="Size"/>.</param>
    /// <param name="count">How many replicas there are, at least so many.</param>
    /// <param name="now">The clock's timestamp.</param>
    public int PlaceOf(int index, int count, long now)
    {
        var windows = (count + Size - 1) / Size;
        var (round, into) = Math.DivRem(now, _round);
        var window = into * windows / _round;
        var step = Steps[(int)((ulong)(round + _offset) % (ulong)Steps.Length)];
        return (int)(((((window * Size) + index) * step) + _offset) % count);
    }
}
