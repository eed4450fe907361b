namespace Gateway.Proxy.Telemetry;

/// <summary>Counts values by bucket, for the console: a histogram of the metrics package does not give its own counts out.</summary>
internal sealed class BucketCounts(double[] boundaries)
{
    private readonly long[] _counts = new long[boundaries.Length + 1];

    /// <summary>One for each bucket, the one without an upper end last.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    public void Add(double value)
    {
        var found = Array.BinarySearch(boundaries, value);
        Interlocked.Increment(ref _counts[found < 0 ? ~found : found]);
    }
}
