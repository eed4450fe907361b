using Gateway.Backends;
using Gateway.Configuration;
using Gateway.Endpoints;
using Gateway.Errors;
using Gateway.Routing;
using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>The way of one request into a backend: whether it can serve it, with which body, a place, and a replica to ask. Whoever has to wait is held.</summary>
/// <param name="Services">What it takes.</param>
/// <param name="Context">The request.</param>
/// <param name="Feature">Its facts.</param>
/// <param name="Request">What was read of it.</param>
internal readonly record struct TargetEntrance(ForwardServices Services, HttpContext Context, GatewayFeature Feature, ClientRequest Request)
{
    private static readonly byte[] Queued = [.. ": waiting in the queue\n\n"u8];
    private static readonly byte[] Loading = [.. ": waiting for the engine to load\n\n"u8];

    /// <summary>Enters.</summary>
    /// <param name="route">The backend, and its name for the model.</param>
    /// <param name="tried">Replicas that have failed this request.</param>
    /// <param name="wait">A loading engine may be waited for.</param>
    /// <param name="pastBreakers">Replicas with an open breaker count too: there is nothing else.</param>
    /// <returns>What is held of the backend and who is asked there; or the error when it is not to be had.</returns>
    public async ValueTask<(TargetEntry Entry, Replica? Replica, GatewayError? Error)> EnterAsync(ModelRoute route, IReadOnlyList<Replica> tried, bool wait, bool pastBreakers)
    {
        if (CapabilityGate.Check(route.Backend, Feature.Endpoint!) is { } unsupported)
        {
            return (default, null, unsupported);
        }

        var (plan, mended, refused) = Services.Plans.Build(Context, Feature, Request, route, Services.Upstreams.Of(route.Backend));
        var waiting = Services.Clock.GetTimestamp();
        var error = refused;
        AdmissionPlace? place = null;
        Replica? replica = null;
        try
        {
            (place, error) = refused is null ? await HoldAsync(Services.Admission.EnterAsync(route.Backend, Feature.KeyName, Context.RequestAborted), Queued) : (null, refused);
            replica = error is null ? await FindReplicaAsync(route.Backend, tried, wait, pastBreakers) : null;
        }
        catch (OperationCanceledException)
        {
            // The caller left while it waited: its place is free again.
            mended?.Dispose();
            place?.Dispose();
            throw;
        }

        CountWait(route.Backend, Services.Clock.GetTimestamp() - waiting);
        Feature.ServedModel = PlanBuilder.LabelOf(route, Request.Model);
        if (replica is null)
        {
            mended?.Dispose();
            place?.Dispose();
            return (default, null, error ?? Services.Picker.None(route.Backend, Services.Demand.Brings(route.Backend)));
        }

        return (new TargetEntry(plan!, mended, place), replica, null);
    }

    /// <summary>Picks a replica that has not failed this request; null when there is none.</summary>
    public Replica? Pick(Backend backend, IReadOnlyList<Replica> tried, bool pastBreakers = false) =>
        Services.Picker.Pick(backend, tried, pastBreakers, Prefix(backend));

    /// <summary>Waits for a backend that went away, or began to load, while this request was tried on it.</summary>
    /// <returns>A replica that is there again; null when none came back in time.</returns>
    public async ValueTask<Replica?> WaitAsync(Backend backend)
    {
        var waiting = Services.Clock.GetTimestamp();
        var replica = await FindReplicaAsync(backend, tried: [], wait: true, pastBreakers: true);
        CountWait(backend, Services.Clock.GetTimestamp() - waiting);
        return replica;
    }

    /// <summary>A stream of this request that breaks may be gone on with elsewhere.</summary>
    public bool Continues(Backend backend) =>
        backend.Settings.Resume == Resume.Continue && Request.Streams && Feature.Endpoint!.Id == EndpointId.ChatCompletions && Request.Members is { } members && ContinuationBody.Allows(members);

    private ulong Prefix(Backend backend) =>
        backend.Settings.PrefixAffinity && backend.Replicas.Count > 1 && Request.Members is { } members ? PromptPrefix.Of(members) : 0;

    // Without a limit there is no queue, and what passes here in microseconds is the gateway's own work.
    private void CountWait(Backend backend, long ticks)
    {
        if (backend.Settings.Admission.MaxConcurrency is not null || ticks > Services.Clock.TimestampFrequency / 1000)
        {
            Feature.QueuedFor += ticks;
            RequestSpans.Waited(Feature, backend.Name, Services.Clock.GetUtcNow(), Services.Clock.GetElapsedTime(0, ticks));
        }
    }

    // A caller of a stream is told now and then that its request is not forgotten.
    private ValueTask<T> HoldAsync<T>(ValueTask<T> waiting, byte[] comment) => waiting.IsCompleted || !Request.Streams || Feature.Endpoint!.Stream == StreamShape.None
        ? waiting
        : Services.Hold.WaitAsync(Context, Feature, waiting, comment);

    private async ValueTask<Replica?> FindReplicaAsync(Backend backend, IReadOnlyList<Replica> tried, bool wait, bool pastBreakers)
    {
        using var wanted = Services.Demand.Want(backend);
        if (wait)
        {
            await HoldAsync(Services.Picker.WaitUsableAsync(backend, Context.RequestAborted), Loading);
        }

        return Pick(backend, tried, pastBreakers);
    }
}
