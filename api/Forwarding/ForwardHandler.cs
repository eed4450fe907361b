using Gateway.Backends;
using Gateway.Configuration;
using Gateway.Errors;
using Gateway.Routing;
using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>The way of a request from its body to its answer, one step a line.</summary>
internal sealed class ForwardHandler(
    GatewaySettings settings,
    UpstreamBackends upstreams,
    ModelRouter router,
    ReplicaPicker picker,
    Admission admission,
    Forwarder forwarder)
{
    private readonly PlanBuilder _plans = new(settings);

    /// <summary>Forwards a request that is inside the table and whose key was accepted.</summary>
    public async Task HandleAsync(HttpContext context, GatewayFeature feature)
    {
        var error = await TryForwardAsync(context, feature);
        if (error is not null)
        {
            feature.Outcome = Outcome.GatewayError;
            feature.Error = error.Code ?? error.Type;
            await ErrorWriter.WriteAsync(context, error, feature.AnthropicErrors);
        }
    }

    private async ValueTask<GatewayError?> TryForwardAsync(HttpContext context, GatewayFeature feature)
    {
        var endpoint = feature.Endpoint!;
        var (request, unreadable) = await ClientRequest.ReadAsync(context, endpoint, settings);
        if (request is null)
        {
            return unreadable;
        }

        using var held = request;
        feature.Model = request.Model;
        var (route, unknown) = await router.FindAsync(endpoint, request.Model, context.RequestAborted);
        if (unknown is not null)
        {
            return unknown;
        }

        feature.Backend = route.Backend.Name;
        return CapabilityGate.Check(route.Backend, endpoint) ?? await AdmitAsync(context, feature, request, route);
    }

    private async ValueTask<GatewayError?> AdmitAsync(HttpContext context, GatewayFeature feature, ClientRequest request, ModelRoute route)
    {
        var (plan, mended, refused) = _plans.Build(context, feature, request, route, upstreams.Of(route.Backend));
        using var held = mended;
        if (plan is null)
        {
            return refused;
        }

        var (place, full) = await admission.EnterAsync(route.Backend, context.RequestAborted);
        using var kept = place;
        if (full is not null)
        {
            return full;
        }

        return await picker.WaitUsableAsync(route.Backend, context.RequestAborted)
            ? await RunAsync(context, plan, route.Backend)
            : ReplicaPicker.Unusable(route.Backend);
    }

    private async ValueTask<GatewayError?> RunAsync(HttpContext context, ForwardPlan plan, Backend backend)
    {
        var tried = new List<Replica>(1);
        GatewayError? error = null;
        while (picker.Pick(backend, tried) is { } replica)
        {
            tried.Add(replica);
            plan.Feature.Attempts++;
            error = await forwarder.TryAsync(context, plan, replica);
            if (error is null || !Forwarder.MayTryAnother(context, plan, error))
            {
                return error;
            }
        }

        return error ?? ReplicaPicker.Unusable(backend);
    }
}
