using Gateway.Backends;

namespace Gateway.Forwarding;

/// <summary>What forwarding to one backend needs, worked out once: its headers' rules and its body's mendings.</summary>
internal sealed class UpstreamBackend(Backend backend)
{
    public Backend Backend { get; } = backend;

    public UpstreamHeaders Headers { get; } = new(backend);

    public BodyMender Mender { get; } = new(backend.Profile.Requests);
}
