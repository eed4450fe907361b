using System.Collections.Frozen;
using Gateway.Backends;

namespace Gateway.Forwarding;

/// <summary>The forwarding rules of every backend.</summary>
internal sealed class UpstreamBackends(BackendTable backends)
{
    private readonly FrozenDictionary<Backend, UpstreamBackend> _all =
        backends.All.ToFrozenDictionary(backend => backend, backend => new UpstreamBackend(backend));

    public UpstreamBackend Of(Backend backend) => _all[backend];
}
