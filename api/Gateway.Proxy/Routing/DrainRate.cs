namespace Gateway.Proxy.Routing;

/// <summary>How fast places become free, from the last few times one did.</summary>
internal sealed class DrainRate(TimeProvider clock)
{
    private const int Kept = 32;

    /// <summary>A guess beyond this helps nobody: clients that are to wait a minute give up.</summary>
    private const int Longest = 59;

    private readonly long[] _times = new long[Kept];
    private long _count;

    public void Count() => _times[_count++ % Kept] = clock.GetTimestamp();

    /// <summary>Seconds until so many places have become free, from 1 to 59.</summary>
    public int SecondsFor(int places)
    {
        var known = (int)Math.Min(_count, Kept);
        if (known < 2)
        {
            return 1;
        }

        var oldest = _times[_count > Kept ? _count % Kept : 0];
        var each = clock.GetElapsedTime(oldest).TotalSeconds / known;
        return (int)Math.Clamp(Math.Ceiling(each * places), 1, Longest);
    }
}
