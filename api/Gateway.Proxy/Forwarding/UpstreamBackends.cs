using System.Collections.Frozen;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Forwarding;

/// <summary>The forwarding rules of every backend.</summary>
public sealed class UpstreamBackends(BackendTable backends)
{
    private readonly FrozenDictionary<Backend, UpstreamBackend> _all =
        backends.All.ToFrozenDictionary(backend => backend, backend => new UpstreamBackend(backend));

    public UpstreamBackend Of(Backend backend) => _all[backend];
}
