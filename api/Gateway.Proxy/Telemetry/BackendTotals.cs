namespace Gateway.Proxy.Telemetry;

/// <summary>What a backend has done since the start of the gateway, summed over all that was collected of it.</summary>
public sealed class BackendTotals
{
    public long Requests { get; set; }

    /// <summary>Requests answered 500, 502, 503 or 504, and streams that broke after they had begun: what the dashboard and the alerts count too.</summary>
    public long Failures { get; set; }

    /// <summary>Further attempts after a failed one at this backend.</summary>
    public long Retries { get; set; }

    /// <summary>Requests that another backend has answered in its place, by the name of the other.</summary>
    public Dictionary<string, long> Fallbacks { get; } = new(StringComparer.Ordinal);

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    /// <summary>Streamed requests by their time to the first token, one count for each bucket of the histogram; empty before the first.</summary>
    public long[] FirstToken { get; set; } = [];

    public void Add(BackendTotals other)
    {
        Requests += other.Requests;
        Failures += other.Failures;
        InputTokens += other.InputTokens;
        OutputTokens += other.OutputTokens;
        AddFirstToken(other.FirstToken);
    }

    public void AddFirstToken(ReadOnlySpan<long> counts)
    {
        if (FirstToken.Length < counts.Length)
        {
            FirstToken = [.. FirstToken, .. new long[counts.Length - FirstToken.Length]];
        }

        for (var i = 0; i < counts.Length; i++)
        {
            FirstToken[i] += Volatile.Read(in counts[i]);
        }
    }
}
