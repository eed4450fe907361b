using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Health;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Keys;

/// <summary>Without client keys, refuses what a page of another site asks for.</summary>
public sealed partial class BrowserGuardMiddleware(
    RequestDelegate next, CurrentSnapshot snapshots, GatewaySettings settings, Lifecycle lifecycle, TimeProvider clock, ILogger<BrowserGuardMiddleware> logger)
{
    private readonly BrowserGuard _guard = new(settings);

    public Task InvokeAsync(HttpContext context) =>
        snapshots.Value is { Keys.Anonymous: true } && _guard.Check(context.Request) is { } foreign ? RefuseAsync(context, foreign) : next(context);

    private async Task RefuseAsync(HttpContext context, GatewayError foreign)
    {
        RequestIds.Give(context);
        Log.Foreign(logger, foreign.Code!);
        await ErrorWriter.WriteAsync(context, foreign, context.GetEndpoint()?.Metadata.GetMetadata<EndpointSpec>()?.AnthropicErrors == true);
        await RequestLinger.DrainAsync(context, clock, lifecycle.Ending);
    }

    private static partial class Log
    {
        // Not what the request said of itself: its sender would choose the words.
        [LoggerMessage(1, LogLevel.Warning, "A request from a page of another site was refused ({Code}): API_KEYS is empty and GATEWAY_CORS_ORIGINS does not list the origin.")]
        public static partial void Foreign(ILogger logger, string code);
    }
}
