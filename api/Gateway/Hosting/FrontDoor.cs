using Gateway.Console;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Management.Api;
using Gateway.Management.Operations;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Health;
using Gateway.Proxy.Keys;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Telemetry;
using Gateway.Reload;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Hosting;

/// <summary>What operators ask comes in by the same door as the clients' requests, or by a port of its own.</summary>
internal sealed partial class FrontDoor(
    LiveGateway gateway, PrometheusEndpoint metrics, SystemInfoEndpoint info, ConsolePages pages, AdminAccess admin, RequestFaults faults, GatewaySettings settings, ILogger<FrontDoor> logger, ManagementApi? management = null)
{
    private const string MetricsPath = "/metrics";
    private const string InfoPath = "/system-info";

    private readonly BrowserGuard _guard = new(settings);
    private readonly bool _open = SettingParsers.IsLoopback(settings.Host);

    public Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        var foreign = Keys.Anonymous ? _guard.Check(context.Request) : null;
        return foreign is not null || IsOperatorPort(context) || IsOperators(path) || IsHealth(path) || WelcomePage.IsAsked(context, path) ? AnswerAsync(context, path, foreign) : gateway.HandleAsync(context);
    }

    // What is no request to the API: nothing else would see what is thrown there, or that the refused caller is still sending.
    private async Task AnswerAsync(HttpContext context, string? path, GatewayError? foreign)
    {
        try
        {
            await RouteAsync(context, path, foreign);
        }
#pragma warning disable CA1031 // Whatever was thrown, its request is answered, and a defect is logged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await faults.AnswerAsync(context, e);
        }

        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            await RequestLinger.DrainAsync(context, TimeProvider.System, CancellationToken.None);
        }
    }

    private Task RouteAsync(HttpContext context, string? path, GatewayError? foreign)
    {
        if (foreign is not null)
        {
            RequestIds.Give(context);
            Log.Foreign(logger, foreign.Code!);
            return ErrorWriter.WriteAsync(context, foreign, EndpointMatcher.Match(context.Request.Method, path ?? "").Spec?.AnthropicErrors == true);
        }

        if (RequestFraming.Check(context.Request) is { } refused)
        {
            RequestIds.Give(context);
            return ErrorWriter.WriteAsync(context, refused, anthropic: false);
        }

        if (Operators(context, path) is { } answered)
        {
            return answered;
        }

        if (!WelcomePage.IsAsked(context, path))
        {
            return gateway.HandleAsync(context);
        }

        RequestIds.Give(context);
        return WelcomePage.WriteAsync(context, path, admin.IsOn);
    }

    private static bool IsHealth(string? path) => path is not null && (HealthEndpoints.IsHealth(path) || HealthEndpoints.IsReady(path));

    private bool IsOperatorPort(HttpContext context) => settings.MetricsPort is not null && context.Features.Get<OperatorPort>() is not null;

    // Null: the request is for the clients' part.
    private Task? Operators(HttpContext context, string? path)
    {
        var own = IsOperatorPort(context);
        if (!own && !IsOperators(path))
        {
            return null;
        }

        RequestIds.Give(context);
        if (own)
        {
            return path == MetricsPath && IsRead(context) ? metrics.WriteAsync(context) : ErrorWriter.WriteAsync(context, GatewayError.NotFound("page but /metrics"), anthropic: false);
        }

        if (path == MetricsPath)
        {
            return settings.MetricsPort is null && IsRead(context) ? WriteMetricsAsync(context) : null;
        }

        if (path == InfoPath)
        {
            return IsRead(context) ? ForOperatorAsync(context, (context, _) => info.WriteAsync(context)) : null;
        }

        return ManagementRoutes.Owns(path!)
            ? ForOperatorAsync(context, (context, key) => management is null ? ErrorWriter.WriteAsync(context, OperationError.Off, anthropic: false) : management.HandleAsync(context, key.Name))
            : pages.Handle(context, path);
    }

    // Without an operator's key there is no such page but the metrics, and the table of routes says so.
    private bool IsOperators(string? path) =>
        path is not null && (path == MetricsPath || (admin.IsOn && (path == InfoPath || ConsolePages.Owns(path) || ManagementRoutes.Owns(path))));

    /// <summary>Marks the connections of the port that is only for metrics.</summary>
    public static void MarkOperatorPort(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(new OperatorPort());
        return next(connection);
    });

    private ApiKeyStore Keys => gateway.Current!.Snapshot.Keys;

    private Task WriteMetricsAsync(HttpContext context)
    {
        if (_open || admin.Accepts(context.Request.Headers))
        {
            return metrics.WriteAsync(context);
        }

        var check = Keys.Check(context.Request.Headers, out _);
        return check == KeyCheck.Accepted
            ? metrics.WriteAsync(context)
            : ErrorWriter.WriteAsync(context, check == KeyCheck.Missing ? GatewayError.MissingApiKey : GatewayError.InvalidApiKey, anthropic: false);
    }

    private Task ForOperatorAsync(HttpContext context, Func<HttpContext, ClientKey, Task> answer) =>
        admin.Check(context.Request.Headers, out var key) is { } refused ? ErrorWriter.WriteAsync(context, refused, anthropic: false) : answer(context, key!);

    private static bool IsRead(HttpContext context) => HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);

    private sealed class OperatorPort;

    private static partial class Log
    {
        // Not what the request said of itself: whoever sent it would choose the words.
        [LoggerMessage(1, LogLevel.Warning, "A request of another site's page was refused ({Code}): there are no API_KEYS, and GATEWAY_CORS_ORIGINS does not list it.")]
        public static partial void Foreign(ILogger logger, string code);
    }
}
