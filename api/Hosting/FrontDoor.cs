using Gateway.Authentication;
using Gateway.Configuration;
using Gateway.Errors;
using Gateway.Management.Api;
using Gateway.Management.Operations;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Hosting;

/// <summary>What operators ask comes in by the same door as the clients' requests, or by a port of its own.</summary>
internal sealed class FrontDoor(LiveGateway gateway, PrometheusEndpoint metrics, SystemInfoEndpoint info, ConsolePages pages, GatewaySettings settings, ManagementApi? management = null)
{
    private const string MetricsPath = "/metrics";
    private const string InfoPath = "/system-info";

    private readonly ApiKeyStore _admin = new(settings.AdminApiKey is { } key ? [key] : []);
    private readonly bool _open = settings.Host is { } host && SettingParsers.IsLoopback(host);

    public Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (settings.MetricsPort is not null && context.Features.Get<OperatorPort>() is not null)
        {
            return path == MetricsPath && IsRead(context) ? metrics.WriteAsync(context) : ErrorWriter.WriteAsync(context, GatewayError.NotFound("page but /metrics"), anthropic: false);
        }

        if (path == MetricsPath && settings.MetricsPort is null && IsRead(context))
        {
            return WriteMetricsAsync(context);
        }

        if (pages.Handle(context, path) is { } answered)
        {
            return answered;
        }

        // Without an operator's key there is no such page, and the table of routes says so.
        if (settings.AdminApiKey is not null && path is not null)
        {
            if (path == InfoPath && IsRead(context))
            {
                return ForOperatorAsync(context, (context, _) => info.WriteAsync(context));
            }

            if (ManagementRoutes.Owns(path))
            {
                return ForOperatorAsync(context, (context, key) => management is null ? ErrorWriter.WriteAsync(context, OperationError.Off, anthropic: false) : management.HandleAsync(context, key.Name));
            }
        }

        return gateway.HandleAsync(context);
    }

    /// <summary>Marks the connections of the port that is only for metrics.</summary>
    public static void MarkOperatorPort(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(new OperatorPort());
        return next(connection);
    });

    private Task WriteMetricsAsync(HttpContext context)
    {
        if (_open || (settings.AdminApiKey is not null && _admin.Check(context.Request.Headers, out _) == KeyCheck.Accepted))
        {
            return metrics.WriteAsync(context);
        }

        var check = gateway.Current!.Snapshot.Keys.Check(context.Request.Headers, out _);
        return check == KeyCheck.Accepted
            ? metrics.WriteAsync(context)
            : ErrorWriter.WriteAsync(context, check == KeyCheck.Missing ? GatewayError.MissingApiKey : GatewayError.InvalidApiKey, anthropic: false);
    }

    private Task ForOperatorAsync(HttpContext context, Func<HttpContext, ClientKey, Task> answer)
    {
        var check = _admin.Check(context.Request.Headers, out var key);
        return check == KeyCheck.Accepted
            ? answer(context, key!)
            : ErrorWriter.WriteAsync(context, check == KeyCheck.Missing ? GatewayError.MissingApiKey : GatewayError.InvalidApiKey, anthropic: false);
    }

    private static bool IsRead(HttpContext context) => HttpMethods.IsGet(context.Request.Method);

    private sealed class OperatorPort;
}
