using System.Runtime.CompilerServices;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Routing;

namespace Gateway.Proxy.Pipeline;

/// <summary>The way of a request from its body to its answer, one step a line.</summary>
public sealed class ForwardHandler(GatewaySettings settings, ModelRouter router, RetryPipeline retries, KeyLimiter limiter, BodyMemory memory, ForwardServices services)
{
    /// <summary>Forwards a request that is inside the table and whose key was accepted.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask HandleAsync(HttpContext context, GatewayFeature feature)
    {
        var endpoint = feature.Endpoint!;
        if (ObjectRule.IsClosed(context.Request, endpoint) && !settings.MayUseObjects(feature.Key))
        {
            await AnswerAsync(context, feature, GatewayError.ObjectsClosed(null));
            return;
        }

        var reading = services.Clock.GetTimestamp();
        var (request, unreadable) = await ClientRequest.ReadAsync(context, endpoint, settings, memory);
        using var held = request;
        feature.ReadingFor = services.Clock.GetTimestamp() - reading;
        if (request is null)
        {
            await AnswerAsync(context, feature, unreadable!);
            return;
        }

        feature.Model = request.Model;
        RequestSize.Note(request, feature);
        if ((Forbidden(feature, endpoint) ?? limiter.Reserve(feature, feature.TokenEstimate, context.Response.Headers)) is { } refused)
        {
            await AnswerAsync(context, feature, refused);
            return;
        }

        var (route, unknown) = await router.FindAsync(endpoint, request.Model, context.RequestAborted);
        if (unknown is not null)
        {
            await AnswerAsync(context, feature, unknown);
            return;
        }

        feature.Backend = feature.OwnBackend = route.Backend.Name;
        using var run = new ForwardRun(new TargetEntrance(services, context, feature, request), router.Targets(endpoint, request.Model, route));
        await RunAsync(context, feature, run);
    }

    // What a key may not use does not exist for it. A request that names no model may end at any.
    private GatewayError? Forbidden(GatewayFeature feature, EndpointSpec endpoint)
    {
        var byDefault = endpoint.Model == ModelLocation.None ? null : settings.ModelName;
        var name = string.IsNullOrEmpty(feature.Model) ? byDefault : feature.Model;
        return feature.Key is not { } key || key.MayUse(name) ? null : name is null ? GatewayError.NoModelNamed : GatewayError.ModelNotFound(name);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RunAsync(HttpContext context, GatewayFeature feature, ForwardRun run)
    {
        if (await run.StartAsync() is { } nothing)
        {
            await AnswerAsync(context, feature, nothing);
            return;
        }

        var result = await retries.ExecuteAsync(run);
        if (result.Rest is { } rest)
        {
            await rest();
        }
        else if (result.EngineError is { } engineError)
        {
            feature.Outcome = Outcome.EngineError;
            feature.Error = engineError.Code ?? engineError.Type;
            await (feature.AnswerBegan
                ? CallerHold.EndAsync(context, InBandError.Event(feature.Endpoint!.Stream, engineError))
                : ErrorWriter.WriteAsync(context, engineError, feature.AnthropicErrors));
        }
        else if (result.Failure is { } failure)
        {
            await AnswerAsync(context, feature, failure);
        }
    }

    private static Task AnswerAsync(HttpContext context, GatewayFeature feature, GatewayError error)
    {
        feature.Outcome = Outcome.GatewayError;
        feature.Error = error.Code ?? error.Type;
        return feature.AnswerBegan
            ? CallerHold.EndAsync(context, InBandError.Event(feature.Endpoint!.Stream, error))
            : ErrorWriter.WriteAsync(context, error, feature.AnthropicErrors);
    }
}
