using Gateway.Engines;

namespace Gateway.Detection;

/// <summary>An engine that runs on this host.</summary>
internal sealed record DetectedEngine(EngineProfile Profile, Uri BaseUrl);

/// <summary>Looks for an engine on this host; its place is held until it lands.</summary>
internal sealed class EngineDetector(IReadOnlyList<EngineProfile> profiles, HttpMessageInvoker client, TimeProvider clock, int ownPort)
{
    public Task<DetectedEngine?> FindAsync(CancellationToken cancellationToken)
    {
        _ = (profiles, client, clock, ownPort, cancellationToken);
        return Task.FromResult<DetectedEngine?>(null);
    }
}
