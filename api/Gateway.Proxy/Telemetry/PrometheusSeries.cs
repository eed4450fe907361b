namespace Gateway.Proxy.Telemetry;

/// <summary>One line of the text, or the lines of one histogram: its labels, encoded once, and its numbers.</summary>
public sealed class PrometheusSeries(byte[] labels, double[]? boundaries)
{
    private readonly long[] _counts = boundaries is null ? [] : new long[boundaries.Length + 1];
    private readonly Exemplar?[] _exemplars = boundaries is null ? [] : new Exemplar?[boundaries.Length + 1];
    private long _count;
    private double _value;

    /// <summary><c>a="b",c="d"</c>; empty without labels.</summary>
    public ReadOnlySpan<byte> Labels => labels;

    /// <summary>What a counter or a gauge shows, or the sum of a histogram.</summary>
    public double Value => Volatile.Read(ref _count) + Volatile.Read(ref _value);

    /// <summary>The scrape that set it last; what was not set in this scrape is gone.</summary>
    public long SetIn { get; private set; }

    public ReadOnlySpan<long> Counts => _counts;

    public void Add(long value) => Interlocked.Add(ref _count, value);

    public void Set(double value, long scrape)
    {
        Volatile.Write(ref _value, value);
        SetIn = scrape;
    }

    public void Observe(double value, Exemplar? exemplar)
    {
        var found = Array.BinarySearch(boundaries!, value);
        var bucket = found < 0 ? ~found : found;
        Interlocked.Increment(ref _counts[bucket]);
        if (exemplar is not null)
        {
            Volatile.Write(ref _exemplars[bucket], exemplar);
        }

        var sum = Volatile.Read(ref _value);
        for (var seen = Interlocked.CompareExchange(ref _value, sum + value, sum); seen != sum; seen = Interlocked.CompareExchange(ref _value, sum + value, sum))
        {
            sum = seen;
        }
    }

    public Exemplar? ExemplarOf(int bucket) => Volatile.Read(ref _exemplars[bucket]);
}

/// <summary>The trace of one request that fell into a bucket.</summary>
public sealed record Exemplar(string TraceId, double Value, double UnixSeconds);
