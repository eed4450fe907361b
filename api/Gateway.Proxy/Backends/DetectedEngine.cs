using Gateway.Engines;

namespace Gateway.Proxy.Backends;

/// <summary>An engine that runs on this host.</summary>
public sealed record DetectedEngine(EngineProfile Profile, Uri BaseUrl);
