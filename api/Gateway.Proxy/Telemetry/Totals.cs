namespace Gateway.Proxy.Telemetry;

/// <summary>Everything that was collected since the start, summed by what people ask for.</summary>
public sealed record Totals
{
    /// <summary>By name; those of no name are requests that reached no backend.</summary>
    public Dictionary<string, BackendTotals> Backends { get; } = new(StringComparer.Ordinal);

    public Dictionary<ErrorKind, long> Errors { get; } = [];

    /// <summary>By the name of the client key.</summary>
    public Dictionary<string, KeyTokens> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>Upper ends of the buckets of <see cref="BackendTotals.FirstToken"/>, in seconds; the last bucket has none.</summary>
    public double[] FirstTokenBoundaries { get; set; } = [];
}

/// <summary>Failed requests of one sort.</summary>
/// <param name="Backend">Name of the backend; empty where none was reached.</param>
/// <param name="Source">Who said so: <c>gateway</c>, <c>engine</c> or <c>client</c>.</param>
/// <param name="Cause">A code of <see cref="ErrorCause"/>.</param>
public sealed record ErrorKind(string Backend, string Source, string Cause);

/// <summary>Tokens that a client key has used since the start of the gateway.</summary>
public sealed record KeyTokens(long Input, long Output, long Cached);

/// <summary>What a backend has done since the start of the gateway, summed over all that was collected of it.</summary>
public sealed class BackendTotals
{
    public long Requests { get; set; }

    /// <summary>Requests answered 500, 502, 503 or 504, and streams that broke after they had begun, as dashboard and alerts count.</summary>
    public long Failures { get; set; }

    /// <summary>Further attempts after a failed one at this backend.</summary>
    public long Retries { get; set; }

    /// <summary>Requests that another backend has answered in its place, by the name of the other.</summary>
    public Dictionary<string, long> Fallbacks { get; } = new(StringComparer.Ordinal);

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    /// <summary>Streamed requests by their time to the first token, one count for each bucket; empty before the first.</summary>
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
