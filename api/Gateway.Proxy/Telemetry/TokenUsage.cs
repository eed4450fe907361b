namespace Gateway.Proxy.Telemetry;

/// <summary>Tokens of one request as the engine counted them.</summary>
public struct TokenUsage
{
    public long Input { get; set; }

    public long Output { get; set; }

    public long Cached { get; set; }

    /// <summary>Messages API only: input tokens that were neither read from the cache nor written to it.</summary>
    public long Fresh { get; set; }

    /// <summary>Messages API only: input tokens written to the cache.</summary>
    public long Stored { get; set; }

    /// <summary>The engine reported usage.</summary>
    public bool Known { get; set; }

    /// <summary>The engine is known to count too little here, and what it said was scaled up.</summary>
    public bool Estimated { get; set; }

    /// <summary>There is anything to count, be it only what was seen passing.</summary>
    public readonly bool Counted => Known || Output > 0;
}
