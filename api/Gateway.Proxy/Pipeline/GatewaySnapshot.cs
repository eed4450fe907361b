using Gateway.Core.Configuration;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Keys;
using Gateway.Proxy.Models;
using Gateway.Proxy.Routing;

namespace Gateway.Proxy.Pipeline;

/// <summary>One set of settings in force, and everything made from it.</summary>
/// <remarks>A request uses one snapshot from start to end; a reload replaces it.</remarks>
public sealed class GatewaySnapshot : IDisposable
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Being in force counts as one; at zero no request enters any more.
    private int _users = 1;

    internal GatewaySnapshot(GatewaySettings settings, BackendTable backends, SnapshotFactory from)
    {
        Settings = settings;
        Backends = backends;
        Admission = from.Admission;
        Keys = new ApiKeyStore(settings.ApiKeys);
        Directory = new ModelDirectory(backends, settings);
        Models = new ModelListEndpoint(backends, settings, Directory, from.Clock);
        Router = new ModelRouter(backends, settings, Directory, from.Lists, from.Clock);
        Picker = new ReplicaPicker(settings, from.Lifecycle, from.Clock, from.Random);
        Upstreams = new UpstreamBackends(backends);
        Plans = new OutgoingRequestBuilder(settings, from.Memory, from.Clock);
    }

    public GatewaySettings Settings { get; }

    public BackendTable Backends { get; }

    public Admission Admission { get; }

    public ApiKeyStore Keys { get; }

    public ModelDirectory Directory { get; }

    public ModelListEndpoint Models { get; }

    public ModelRouter Router { get; }

    public ReplicaPicker Picker { get; }

    public UpstreamBackends Upstreams { get; }

    public OutgoingRequestBuilder Plans { get; }

    /// <summary>Counts one more request that goes by this snapshot.</summary>
    /// <returns>False: it has ended, and another one is in force.</returns>
    public bool TryEnter()
    {
        for (var users = Volatile.Read(ref _users); users > 0; users = Volatile.Read(ref _users))
        {
            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A request that entered has ended.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _idle.TrySetResult();
        }
    }

    /// <summary>Takes the snapshot out of force.</summary>
    /// <returns>Completes when its last request has ended.</returns>
    public Task RetireAsync()
    {
        Leave();
        return _idle.Task;
    }

    public void Dispose() => Backends.Dispose();
}
