using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Requests;

/// <summary>Reads the body as far as the endpoint needs it, keeps it until the request ends, and reserves the tokens that it may
/// use.</summary>
internal sealed class RequestBodyMiddleware(RequestDelegate next, KeyLimiter limiter, BodyMemory memory, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var feature = context.Proxy();
        var (endpoint, settings) = (feature.Endpoint!, feature.Snapshot.Settings);
        if (ObjectRule.IsClosed(context.Request, endpoint) && !settings.MayUseObjects(feature.Key))
        {
            await Refusal.WriteAsync(context, GatewayError.ObjectsClosed(null));
            return;
        }

        var reading = clock.GetTimestamp();
        var (request, error) = await ClientRequest.ReadAsync(context, endpoint, settings, memory);
        using var body = request;
        feature.ReadingFor = clock.GetTimestamp() - reading;
        if (body is not null)
        {
            feature.Body = body;
            feature.Model = body.Model;
            RequestSize.Note(body, feature);
            error = Forbidden(feature, endpoint, settings) ?? limiter.Reserve(feature, feature.TokenEstimate, context.Response.Headers);
        }

        await (error is null ? next(context) : Refusal.WriteAsync(context, error));
    }

    // What a key may not use does not exist for it. A request that names no model may end at any.
    private static GatewayError? Forbidden(GatewayFeature feature, EndpointSpec endpoint, GatewaySettings settings)
    {
        var byDefault = endpoint.Model == ModelLocation.None ? null : settings.ModelName;
        var name = string.IsNullOrEmpty(feature.Model) ? byDefault : feature.Model;
        return feature.Key is not { } key || key.MayUse(name) ? null : name is null ? GatewayError.NoModelNamed : GatewayError.ModelNotFound(name);
    }
}
