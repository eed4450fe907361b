using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Health;

namespace Gateway.Proxy.Pipeline;

/// <summary>Refuses what is no endpoint, and every request once the gateway is about to end.</summary>
internal sealed class EndpointMiddleware(RequestDelegate next, Lifecycle lifecycle)
{
    private const int MostShown = 200;

    public Task InvokeAsync(HttpContext context) =>
        context.Proxy().Endpoint is null ? RefuseAsync(context)
        : lifecycle.Refuses ? Refusal.WriteAsync(context, GatewayError.ShuttingDown)
        : next(context);

    /// <summary>404 with what the caller most likely meant, or 405 with the methods that the path takes.</summary>
    public static Task RefuseAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        var allowed = EndpointPaths.MethodsOf(path);
        return Refusal.WriteAsync(context, allowed.Count == 0
            ? RouteAdvice.NotFound(path)
            : GatewayError.MethodNotAllowed(context.Request.Method, path.Length > MostShown ? path[..MostShown] : path, allowed));
    }
}
