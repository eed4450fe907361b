namespace Gateway.Proxy.Backends;

/// <summary>The load that an engine reports; null where it does not.</summary>
/// <param name="Running">Requests it works on.</param>
/// <param name="Waiting">Requests in its queue.</param>
/// <param name="KvCacheUsage">Fill of its KV cache, 0 to 1.</param>
/// <param name="PrefixCacheHitRatio">Share of prompt tokens found in its prefix cache, 0 to 1.</param>
public sealed record EngineLoad(double? Running, double? Waiting, double? KvCacheUsage, double? PrefixCacheHitRatio)
{
    /// <summary>It reports that it is asleep.</summary>
    public bool Asleep { get; init; }

    /// <summary>It reports whether it is asleep.</summary>
    public bool ReportsSleep { get; init; }
}
