using Gateway.Proxy.Telemetry;

namespace Gateway.Console.Stats;

/// <summary>The last quarter of an hour of one backend, or of all together. The owner locks.</summary>
internal sealed class StatsTrack(long startedAt, double[] boundaries)
{
    private const int Kept = 450;

    // A rate looks ten seconds back, a quantile a minute: shorter ones jump about with every request.
    private const int RateSamples = 5;
    private const int QuantileSamples = 30;

    private readonly Queue<StatsPoint> _points = new(Kept);
    private readonly List<(long Milliseconds, BackendTotals Totals)> _samples = [(startedAt, new BackendTotals())];

    public IReadOnlyCollection<StatsPoint> Points => _points;

    public StatsPoint Last { get; private set; } = new() { Milliseconds = startedAt };

    /// <summary>What counts as nothing: the totals at the moment from which rates are reckoned.</summary>
    public void Begin(BackendTotals totals) => _samples[0] = (startedAt, totals);

    public void Add(long milliseconds, BackendTotals now, int inFlight, int queued)
    {
        var (since, before) = _samples[Math.Max(0, _samples.Count - RateSamples)];
        var seconds = Math.Max(0.001, (milliseconds - since) / 1000.0);
        var first = FirstTokens(now, _samples[0].Totals);
        Last = new StatsPoint
        {
            Milliseconds = milliseconds,
            RequestsPerSecond = (now.Requests - before.Requests) / seconds,
            FailuresPerSecond = (now.Failures - before.Failures) / seconds,
            InputTokensPerSecond = (now.InputTokens - before.InputTokens) / seconds,
            OutputTokensPerSecond = (now.OutputTokens - before.OutputTokens) / seconds,
            FirstTokenMedian = BucketQuantile.Of(first, boundaries, 0.5),
            FirstToken95 = BucketQuantile.Of(first, boundaries, 0.95),
            InFlight = inFlight,
            Queued = queued,
        };
        _samples.Add((milliseconds, now));
        if (_samples.Count > QuantileSamples)
        {
            _samples.RemoveAt(0);
        }

        if (_points.Count == Kept)
        {
            _points.Dequeue();
        }

        _points.Enqueue(Last);
    }

    private static long[] FirstTokens(BackendTotals now, BackendTotals before)
    {
        var counts = new long[now.FirstToken.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = now.FirstToken[i] - (i < before.FirstToken.Length ? before.FirstToken[i] : 0);
        }

        return counts;
    }
}
