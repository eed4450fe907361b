using Gateway.Engines;

namespace Gateway.Detection;

/// <summary>An engine that runs on this host.</summary>
internal sealed record DetectedEngine(EngineProfile Profile, Uri BaseUrl);
