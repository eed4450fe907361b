namespace Gateway.Proxy.Backends;

/// <summary>What an engine says of its own load; null where it does not say.</summary>
/// <param name="Running">Requests it works on.</param>
/// <param name="Waiting">Requests in its queue.</param>
/// <param name="KvCacheUsage">Fill of its KV cache, 0 to 1.</param>
/// <param name="PrefixCacheHitRatio">Share of prompt tokens found in its prefix cache, 0 to 1.</param>
public sealed record EngineLoad(double? Running, double? Waiting, double? KvCacheUsage, double? PrefixCacheHitRatio)
{
    /// <summary>It says that it is asleep.</summary>
    public bool Asleep { get; init; }

    /// <summary>It says whether it is asleep.</summary>
    public bool TellsSleep { get; init; }
}
