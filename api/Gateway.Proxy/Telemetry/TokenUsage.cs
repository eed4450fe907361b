namespace Gateway.Proxy.Telemetry;

/// <summary>Tokens of one request as the engine counted them.</summary>
public struct TokenUsage
{
    public long Input { get; set; }

    public long Output { get; set; }

    public long Cached { get; set; }

    /// <summary>Of the Messages API, which tells the parts of the input apart: what neither came from the cache nor went into it.</summary>
    public long Fresh { get; set; }

    /// <summary>Of the Messages API: what went into the cache.</summary>
    public long Stored { get; set; }

    /// <summary>The engine said anything at all.</summary>
    public bool Known { get; set; }

    /// <summary>The engine is known to count too little here, and what it said was scaled up.</summary>
    public bool Estimated { get; set; }

    /// <summary>There is anything to count, be it only what was seen passing.</summary>
    public readonly bool Counted => Known || Output > 0;
}
