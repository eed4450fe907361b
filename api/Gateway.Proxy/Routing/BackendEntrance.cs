using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Routing;

/// <summary>Admits a request to a backend: the body that its engine needs, a place, and a replica.</summary>
/// <remarks>A caller that has to wait gets comments.</remarks>
internal sealed class BackendEntrance(Admission admission, EngineDemand demand, TimeProvider clock)
{
    private static readonly byte[] Queued = [.. ": waiting in the queue\n\n"u8];
    private static readonly byte[] Loading = [.. ": waiting for the engine to load\n\n"u8];

    /// <summary>Enters.</summary>
    /// <param name="request">The request.</param>
    /// <param name="route">The backend, and its name for the model.</param>
    /// <param name="wait">A loading engine may be waited for.</param>
    /// <param name="pastBreakers">Replicas with an open breaker count too: there is nothing else.</param>
    /// <returns>The lease of the backend and the replica to ask; or the error.</returns>
    public async ValueTask<(BackendLease Lease, Replica? Replica, GatewayError? Error)> EnterAsync(RequestAttempts request, ModelRoute route, bool wait, bool pastBreakers)
    {
        var feature = request.Feature;
        var snapshot = feature.Snapshot;
        var (plan, body, refused) = snapshot.Plans.Build(request.Context, feature, feature.Body!, route, snapshot.Upstreams.Of(route.Backend));
        AdmissionPlace? place = null;
        Replica? replica = null;
        var entered = false;
        try
        {
            var waiting = clock.GetTimestamp();
            (place, var error) = refused is null ? await QueueAsync(request, route.Backend) : (null, refused);
            replica = error is null ? await FindReplicaAsync(request, route.Backend, request.Tried, wait, pastBreakers) : null;
            CountWait(feature, route.Backend, clock.GetTimestamp() - waiting);
            feature.ServedModel = OutgoingRequestBuilder.LabelOf(route, feature.Body!.Model);
            entered = replica is not null;
            return entered
                ? (new BackendLease(plan!, body, place), replica, null)
                : (default, null, error ?? snapshot.Picker.None(route.Backend, demand.IsOnDemand(route.Backend)));
        }
        finally
        {
            // Whatever is thrown, a request that was not admitted keeps nothing.
            if (!entered)
            {
                body?.Dispose();
                place?.Dispose();
            }
        }
    }

    /// <summary>Picks a replica that has not failed this request; null when there is none.</summary>
    public static Replica? Pick(RequestAttempts request, Backend backend, IReadOnlyList<Replica> tried, bool pastBreakers = false) =>
        request.Feature.Snapshot.Picker.Pick(backend, tried, pastBreakers, Prefix(request.Feature, backend));

    /// <summary>Waits for a backend that went away, or began to load, while this request was tried on it.</summary>
    /// <returns>A replica that is there again; null when none came back in time.</returns>
    public async ValueTask<Replica?> WaitAsync(RequestAttempts request, Backend backend)
    {
        var waiting = clock.GetTimestamp();
        var replica = await FindReplicaAsync(request, backend, tried: [], wait: true, pastBreakers: true);
        CountWait(request.Feature, backend, clock.GetTimestamp() - waiting);
        return replica;
    }

    /// <summary>A stream of this request that breaks may be continued elsewhere.</summary>
    public static bool Continues(GatewayFeature feature, Backend backend) =>
        backend.Settings.Resume == Resume.Continue && feature.Body is { Streams: true, Members: { } members }
        && feature.Endpoint!.Id == EndpointId.ChatCompletions && ContinuationBody.Allows(members);

    private static ulong Prefix(GatewayFeature feature, Backend backend) =>
        backend.Settings.PrefixAffinity && backend.Replicas.Count > 1 && feature.Body!.Members is { } members ? PromptPrefix.Of(members) : 0;

    // Without a limit there is no queue, and what passes here in microseconds is the gateway's own work.
    private void CountWait(GatewayFeature feature, Backend backend, long ticks)
    {
        if (backend.Settings.Admission.MaxConcurrency is not null || ticks > clock.TimestampFrequency / 1000)
        {
            feature.QueuedFor += ticks;
            RequestSpans.Waited(feature, backend.Name, clock.GetUtcNow(), clock.GetElapsedTime(0, ticks));
        }
    }

    private ValueTask<(AdmissionPlace? Place, GatewayError? Error)> QueueAsync(RequestAttempts request, Backend backend)
    {
        var waiting = admission.EnterAsync(backend, request.Feature.KeyName, request.Context.RequestAborted);
        return waiting.IsCompleted ? waiting : request.WaitAsync(waiting, Queued);
    }

    private async ValueTask<Replica?> FindReplicaAsync(RequestAttempts request, Backend backend, IReadOnlyList<Replica> tried, bool wait, bool pastBreakers)
    {
        using var wanted = demand.Register(backend);
        if (wait)
        {
            var waiting = request.Feature.Snapshot.Picker.WaitUsableAsync(backend, request.Context.RequestAborted);
            await (waiting.IsCompleted ? waiting : request.WaitAsync(waiting, Loading));
        }

        return Pick(request, backend, tried, pastBreakers);
    }
}

/// <summary>What a request has taken of a backend that admitted it; Dispose returns it.</summary>
/// <param name="Plan">How the request is sent there.</param>
/// <param name="Body">Its body, where the backend needs another than the caller's.</param>
/// <param name="Place">Its place; null without a limit.</param>
public readonly record struct BackendLease(OutgoingRequest Plan, BodyBuffer? Body, AdmissionPlace? Place) : IDisposable
{
    public void Dispose()
    {
        Body?.Dispose();
        Place?.Dispose();
    }
}
