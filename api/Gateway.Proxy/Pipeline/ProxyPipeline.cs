using Gateway.Engines.Endpoints;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Keys;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Models;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Routing;
using Gateway.Proxy.Translation;

namespace Gateway.Proxy.Pipeline;

/// <summary>Every step of a client's request, in order.</summary>
public static class ProxyPipeline
{
    /// <summary>Maps every route of the endpoint table to the steps that answer it.</summary>
    /// <returns>The steps of a request that no route takes.</returns>
    public static RequestDelegate MapProxy(this IEndpointRouteBuilder routes)
    {
        var forward = Build(routes, Forward);
        var models = Build(routes, Models);
        MapEndpoints(routes, endpoint => endpoint.AnsweredHere ? models : forward);
        var native = Build(routes, Native);
        foreach (var route in NativeApiEndpoint.Routes)
        {
            routes.Map(route.EndsWith('/') ? route + "{**rest}" : route, native).WithMetadata(NativeApiEndpoint.Marker);
        }

        routes.MapGet("/capabilities", Build(routes, Capabilities));
        return Build(routes, NoRoute);
    }

    /// <summary>Maps the endpoint table.</summary>
    internal static void MapEndpoints(IEndpointRouteBuilder routes, Func<EndpointSpec, RequestDelegate> steps)
    {
        foreach (var endpoint in EndpointCatalog.All)
        {
            routes.MapMethods(endpoint.Route, endpoint.Methods, steps(endpoint)).WithMetadata(endpoint);
        }
    }

    /// <summary>The endpoint of a request, by exact method and path.</summary>
    /// <remarks>The router ignores case and a slash at the end, engines do not.</remarks>
    internal static EndpointSpec? EndpointOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<EndpointSpec>() is { } endpoint && endpoint.Takes(context.Request.Method)
        && EndpointPaths.Fits(endpoint, context.Request.Path.Value ?? "/") ? endpoint : null;

    /// <summary>A request that goes to an engine.</summary>
    internal static void Forward(IApplicationBuilder app)
    {
        app.UseMiddleware<RequestMiddleware>();       // x-request-id, snapshot; at the end log line, metrics, span
        app.UseMiddleware<HeadLimitsMiddleware>();    // 400, 414, 431
        app.UseMiddleware<ClientKeyMiddleware>();     // 401
        app.UseMiddleware<RateLimitMiddleware>();     // 429 by requests
        app.UseMiddleware<EndpointMiddleware>();      // 404 and 405 for what is almost a route, 503 at the end of a drain
        app.UseMiddleware<RequestBodyMiddleware>();   // 400, 413, 415: the body, its model and size; 429 by tokens
        app.UseMiddleware<ModelRoutingMiddleware>();  // 404: model to backend, and its fallbacks
        app.UseMiddleware<CapabilityMiddleware>();    // 501
        app.UseMiddleware<TokenCountMiddleware>();    // an estimate where the engine does not count
        app.UseMiddleware<ForwardMiddleware>();       // admission, replica, retries and fallbacks, the engine's answer
    }

    private static void Models(IApplicationBuilder app)
    {
        // The list of models costs nothing, and clients ask for it often: it is no request of a key's limits.
        app.UseMiddleware<RequestMiddleware>();
        app.UseMiddleware<HeadLimitsMiddleware>();
        app.UseMiddleware<ClientKeyMiddleware>();
        app.UseMiddleware<EndpointMiddleware>();
        app.Run(ModelListEndpoint.AnswerAsync);
    }

    private static void Native(IApplicationBuilder app)
    {
        app.UseMiddleware<RequestMiddleware>();
        app.UseMiddleware<HeadLimitsMiddleware>();
        app.UseMiddleware<ClientKeyMiddleware>();
        app.Run(NativeApiEndpoint.AnswerAsync);
    }

    private static void Capabilities(IApplicationBuilder app)
    {
        app.UseMiddleware<RequestMiddleware>();
        app.UseMiddleware<HeadLimitsMiddleware>();
        app.UseMiddleware<ClientKeyMiddleware>();
        app.UseMiddleware<RateLimitMiddleware>();
        app.Run(CapabilitiesEndpoint.AnswerAsync);
    }

    private static void NoRoute(IApplicationBuilder app)
    {
        app.UseMiddleware<RequestMiddleware>();
        app.UseMiddleware<HeadLimitsMiddleware>();
        app.UseMiddleware<ClientKeyMiddleware>();
        app.UseMiddleware<RateLimitMiddleware>();
        app.Run(EndpointMiddleware.RefuseAsync);
    }

    private static RequestDelegate Build(IEndpointRouteBuilder routes, Action<IApplicationBuilder> steps)
    {
        var app = routes.CreateApplicationBuilder();
        steps(app);
        return app.Build();
    }
}
