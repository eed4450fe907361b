namespace Gateway.Engines;

/// <summary>One series of a metric.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Label">A label with its value, as the text has it.</param>
public sealed record GaugeSeries(string Name, string Label);

/// <summary>
/// The engine's own load metrics under every name it has used, newest first. Series of one name are added up, ratios are
/// averaged. An empty list: the engine does not tell.
/// </summary>
public sealed record LoadGauges
{
    /// <summary>Path of the Prometheus text, or null where there is none.</summary>
    public string? Path { get; init; }

    public bool SendsKey { get; init; }

    /// <summary>The flag that turns the metrics on, where they are off by default.</summary>
    public string? Needs { get; init; }

    /// <summary>Requests being worked on.</summary>
    public IReadOnlyList<string> Running { get; init; } = [];

    /// <summary>Requests waiting in the engine's queue.</summary>
    public IReadOnlyList<string> Waiting { get; init; } = [];

    /// <summary>Fill of the KV cache, 0 to 1.</summary>
    public IReadOnlyList<string> KvCacheUsage { get; init; } = [];

    /// <summary>Share of prompt tokens found in the prefix cache, 0 to 1, as a gauge.</summary>
    public IReadOnlyList<string> PrefixCacheHitRatio { get; init; } = [];

    /// <summary>The same as two counters: tokens found.</summary>
    public IReadOnlyList<string> PrefixCacheHits { get; init; } = [];

    /// <summary>The same as two counters: tokens looked up.</summary>
    public IReadOnlyList<string> PrefixCacheQueries { get; init; } = [];

    /// <summary>Instead of tokens looked up, where the engine counts those not found: the ratio is hits ÷ (hits + misses).</summary>
    public IReadOnlyList<string> PrefixCacheMisses { get; init; } = [];

    /// <summary>Not 0 while the engine is awake; 0 on all its parts while it sleeps and answers nothing.</summary>
    public GaugeSeries? Awake { get; init; }

    public static LoadGauges None { get; } = new();
}
