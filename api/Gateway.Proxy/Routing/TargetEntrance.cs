using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Routing;

/// <summary>The way of one request into a backend: whether it can serve it, with which body, a place, and a replica to ask. Whoever has to wait is held.</summary>
/// <param name="Services">What it takes.</param>
/// <param name="Context">The request.</param>
/// <param name="Feature">Its facts.</param>
/// <param name="Request">What was read of it.</param>
public readonly record struct TargetEntrance(ForwardServices Services, HttpContext Context, GatewayFeature Feature, ClientRequest Request)
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
        if (CapabilityGate.Check(route.Backend, Feature.Endpoint!, Services.Backends.All) is { } unsupported)
        {
            return (default, null, unsupported);
        }

        var (plan, mended, refused) = Services.Plans.Build(Context, Feature, Request, route, Services.Upstreams.Of(route.Backend));
        AdmissionPlace? place = null;
        Replica? replica = null;
        var entered = false;
        try
        {
            var waiting = Services.Clock.GetTimestamp();
            (place, var error) = refused is null ? await QueueAsync(route.Backend) : (null, refused);
            replica = error is null ? await FindReplicaAsync(route.Backend, tried, wait, pastBreakers) : null;
            CountWait(route.Backend, Services.Clock.GetTimestamp() - waiting);
            Feature.ServedModel = PlanBuilder.LabelOf(route, Request.Model);
            entered = replica is not null;
            return entered
                ? (new TargetEntry(plan!, mended, place), replica, null)
                : (default, null, error ?? Services.Picker.None(route.Backend, Services.Demand.Brings(route.Backend)));
        }
        finally
        {
            // Whatever is thrown on the way, nothing of it is kept by a request that has not come in.
            if (!entered)
            {
                mended?.Dispose();
                place?.Dispose();
            }
        }
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

    private ValueTask<(AdmissionPlace? Place, GatewayError? Error)> QueueAsync(Backend backend)
    {
        var waiting = Services.Admission.EnterAsync(backend, Feature.KeyName, Context.RequestAborted);
        return waiting.IsCompleted ? waiting : QueueAsync(waiting.AsTask());
    }

    private async ValueTask<(AdmissionPlace? Place, GatewayError? Error)> QueueAsync(Task<(AdmissionPlace? Place, GatewayError? Error)> waiting)
    {
        try
        {
            return await HoldAsync(new ValueTask<(AdmissionPlace? Place, GatewayError? Error)>(waiting), Queued);
        }
        catch
        {
            // The wait was given up, and the place may be granted all the same.
            _ = ReturnAsync(waiting);
            throw;
        }
    }

    private static async Task ReturnAsync(Task<(AdmissionPlace? Place, GatewayError? Error)> waiting)
    {
        await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (waiting.IsCompletedSuccessfully)
        {
            (await waiting).Place?.Dispose();
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
