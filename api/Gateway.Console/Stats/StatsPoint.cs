namespace Gateway.Console.Stats;

/// <summary>What a backend, or all of them, did around one moment: rates over the last seconds, times to the first token over the last minute.</summary>
public readonly record struct StatsPoint
{
    /// <summary>Unix time.</summary>
    public long Milliseconds { get; init; }

    public double RequestsPerSecond { get; init; }

    public double FailuresPerSecond { get; init; }

    public double InputTokensPerSecond { get; init; }

    public double OutputTokensPerSecond { get; init; }

    /// <summary>Seconds; null where no stream has begun within the last minute.</summary>
    public double? FirstTokenMedian { get; init; }

    /// <summary>Seconds; 95 of 100 streams were faster.</summary>
    public double? FirstToken95 { get; init; }

    public int InFlight { get; init; }

    public int Queued { get; init; }
}
