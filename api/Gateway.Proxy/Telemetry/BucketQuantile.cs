namespace Gateway.Proxy.Telemetry;

/// <summary>Estimates a quantile from the buckets of a histogram, as Prometheus does: evenly spread within a bucket.</summary>
public static class BucketQuantile
{
    /// <param name="counts">Observations in each bucket, the one without an upper end last.</param>
    /// <param name="boundaries">Upper ends of all buckets but the last.</param>
    /// <param name="quantile">0 to 1.</param>
    /// <returns>Null where nothing was observed.</returns>
    public static double? Of(ReadOnlySpan<long> counts, ReadOnlySpan<double> boundaries, double quantile)
    {
        long total = 0;
        foreach (var count in counts)
        {
            total += count;
        }

        if (total == 0 || boundaries.IsEmpty)
        {
            return null;
        }

        var rank = quantile * total;
        double below = 0;
        for (var i = 0; i < counts.Length && i < boundaries.Length; i++)
        {
            if (below + counts[i] >= rank && counts[i] > 0)
            {
                var from = i == 0 ? 0 : boundaries[i - 1];
                return from + ((boundaries[i] - from) * (rank - below) / counts[i]);
            }

            below += counts[i];
        }

        return boundaries[^1];
    }
}

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
