namespace Gateway.Telemetry;

/// <summary>Tokens of one request as the engine counted them.</summary>
internal struct TokenUsage
{
    public long Input { get; set; }

    public long Output { get; set; }

    public long Cached { get; set; }

    /// <summary>The engine said anything at all.</summary>
    public bool Known { get; set; }
}
