using Gateway.Console;
using Gateway.Console.Files;
using Gateway.Console.Stats;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Management.Api;
using Gateway.Management.Operations;
using Gateway.Proxy.Health;
using Gateway.Proxy.Keys;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Hosting;

/// <summary>Every route of the gateway.</summary>
internal static class GatewayRoutes
{
    private const string MetricsPath = "/metrics";
    private static readonly string[] Read = ["GET", "HEAD"];

    /// <summary>Marks the connections of the port that is only for metrics.</summary>
    public static void MarkMetricsPort(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(new MetricsPort());
        return next(connection);
    });

    /// <summary>Puts the steps of all requests in order.</summary>
    public static void Map(WebApplication app, GatewaySettings settings)
    {
        if (settings.MetricsPort is not null)
        {
            app.MapWhen(static context => context.Features.Get<MetricsPort>() is not null, MetricsOnly);
        }

        if (settings.CorsOrigins.Count > 0)
        {
            // Pages call the API. What is for operators and for probes is no page's business.
            app.UseWhen(static context => context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal), static v1 => v1.UseCors());
        }

        app.UseRouting();
        app.UseMiddleware<BrowserGuardMiddleware>();
        var noRoute = app.MapProxy();
        var own = app.MapOwn();
        HealthEndpoints.Map(own);
        MapWelcome(own, app, noRoute);
        if (settings.MetricsPort is null)
        {
            own.MapMethods(MetricsPath, Read, WithAnyKey(app.Services, settings));
        }

        if (settings.AdminApiKey is not null)
        {
            MapOperator(own, app.Services, noRoute);
        }

        // The router's own answer to a wrong method has no envelope.
        app.MapWhen(static context => context.GetEndpoint() is not RouteEndpoint, unmatched => unmatched.Run(noRoute));
    }

    private static void MapOperator(RouteGroupBuilder own, IServiceProvider services, RequestDelegate noRoute)
    {
        var operators = own.MapOperator(noRoute);
        operators.MapMethods("/system-info", Read, services.GetRequiredService<SystemInfoEndpoint>().WriteAsync);
        operators.MapGet("/stats", services.GetRequiredService<StatsEndpoint>().WriteAsync);
        operators.MapGet("/stats/keys", services.GetRequiredService<KeyStatsEndpoint>().WriteAsync);
        // The files of the console hold nothing that a key would guard.
        own.Map("/console/{**file}", services.GetRequiredService<ConsoleFiles>().WriteAsync);
        if (services.GetService<ManagementApi>() is { } management)
        {
            management.Map(operators, OwnRoutes.AdminName);
            return;
        }

        foreach (var root in ManagementRoutes.Roots)
        {
            operators.Map(root, static context => ErrorWriter.WriteAsync(context, OperationError.Off, anthropic: false));
        }
    }

    private static void MapWelcome(RouteGroupBuilder own, WebApplication app, RequestDelegate noRoute)
    {
        var admin = app.Services.GetRequiredService<AdminAccess>();
        own.MapMethods("/", Read, context => WelcomePage.WriteAsync(context, admin.IsOn));
        if (!admin.IsConfigured)
        {
            own.MapGet("/console", context => WelcomePage.IsBrowser(context) ? WelcomePage.WriteNoConsoleAsync(context) : noRoute(context));
        }
    }

    private static void MetricsOnly(IApplicationBuilder app)
    {
        var metrics = app.ApplicationServices.GetRequiredService<PrometheusEndpoint>();
        app.Run(context =>
        {
            RequestIds.Give(context);
            return context.Request.Path.Value == MetricsPath && Read.Contains(context.Request.Method)
                ? metrics.WriteAsync(context)
                : ErrorWriter.WriteAsync(context, GatewayError.NotFound("page but /metrics"), anthropic: false);
        });
    }

    // On loopback without a key; else with the admin key or any client's.
    private static RequestDelegate WithAnyKey(IServiceProvider services, GatewaySettings settings)
    {
        var (metrics, admin, snapshots) = (services.GetRequiredService<PrometheusEndpoint>(), services.GetRequiredService<AdminAccess>(), services.GetRequiredService<CurrentSnapshot>());
        var open = SettingParsers.IsLoopback(settings.Host);
        return context =>
        {
            var check = open || admin.Accepts(context.Request.Headers) ? KeyCheck.Accepted : snapshots.Value!.Keys.Check(context.Request.Headers, out _);
            return check == KeyCheck.Accepted
                ? metrics.WriteAsync(context)
                : ErrorWriter.WriteAsync(context, check == KeyCheck.Missing ? GatewayError.MissingApiKey : GatewayError.InvalidApiKey, anthropic: false);
        };
    }

    private sealed class MetricsPort;
}
