using Gateway.Core.Configuration;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Models;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Routing;

namespace Gateway.Proxy.Pipeline;

/// <summary>Makes snapshots from settings and from what outlives them.</summary>
public sealed class SnapshotFactory(ModelListCache lists, Admission admission, Lifecycle lifecycle, BodyMemory memory, TimeProvider clock, Random random)
{
    internal ModelListCache Lists { get; } = lists;

    internal Admission Admission { get; } = admission;

    internal Lifecycle Lifecycle { get; } = lifecycle;

    internal BodyMemory Memory { get; } = memory;

    internal TimeProvider Clock { get; } = clock;

    internal Random Random { get; } = random;

    /// <param name="settings">Checked settings.</param>
    /// <param name="backends">Their backends, which the snapshot disposes of.</param>
    public GatewaySnapshot Create(GatewaySettings settings, BackendTable backends) => new(settings, backends, this);
}
