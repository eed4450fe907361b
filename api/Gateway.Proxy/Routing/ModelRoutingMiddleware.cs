using Gateway.Core.Errors;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Routing;

/// <summary>Finds the backend of the request's model, and what may answer in its place.</summary>
internal sealed class ModelRoutingMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var feature = context.Proxy();
        var finding = feature.Snapshot.Router.FindAsync(feature.Endpoint!, feature.Model, context.RequestAborted);
        return finding.IsCompletedSuccessfully ? ContinueAsync(context, feature, finding.Result) : WaitAsync(context, feature, finding);
    }

    // A model that no backend lists: their lists are read again before it is unknown.
    private async Task WaitAsync(HttpContext context, GatewayFeature feature, ValueTask<(ModelRoute Route, GatewayError? Error)> finding) =>
        await ContinueAsync(context, feature, await finding);

    private Task ContinueAsync(HttpContext context, GatewayFeature feature, (ModelRoute Route, GatewayError? Error) found)
    {
        if (found.Error is { } error)
        {
            return Refusal.WriteAsync(context, error);
        }

        feature.Backend = feature.OwnBackend = found.Route.Backend.Name;
        feature.Targets = feature.Snapshot.Router.Targets(feature.Endpoint!, feature.Model, found.Route);
        return next(context);
    }
}
