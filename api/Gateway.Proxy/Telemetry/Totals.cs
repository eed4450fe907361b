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
