using System.Net;
using System.Net.Sockets;
using Gateway.Console;
using Gateway.Console.Files;
using Gateway.Console.Stats;
using Gateway.Core.Configuration;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Health;
using Gateway.Proxy.Keys;
using Gateway.Proxy.Models;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Telemetry;
using Gateway.Reload;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;

namespace Gateway.Hosting;

/// <summary>Builds a gateway from its variables. The program and the tests start it the same way.</summary>
internal static partial class GatewayApp
{
    /// <summary>What a page in a browser may read of an answer's headers.</summary>
    private static readonly string[] ExposedHeaders =
    [
        "x-request-id", "retry-after", "x-should-retry", "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
    ];

    /// <summary>The host's event for a start that failed.</summary>
    private const int HostFailedToStart = 11;

    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>Builds a gateway whose variables never change; the files that they name may.</summary>
    /// <exception cref="StartupException">A setting is wrong.</exception>
    public static Task<WebApplication> BuildAsync(IReadOnlyDictionary<string, string> variables, Action<ILoggingBuilder>? logging, CancellationToken cancellationToken) =>
        BuildAsync(variables, new SettingsOrigin(() => variables), logging, cancellationToken);

    /// <summary>Reads the settings, chooses the engine and builds the server, ready to be started.</summary>
    /// <param name="variables">The variables of the start.</param>
    /// <param name="origin">Where they come from, for when they change.</param>
    /// <param name="logging">Another log than the console.</param>
    /// <param name="cancellationToken">The start is given up.</param>
    /// <exception cref="StartupException">A setting is wrong.</exception>
    public static async Task<WebApplication> BuildAsync(
        IReadOnlyDictionary<string, string> variables, SettingsOrigin origin, Action<ILoggingBuilder>? logging, CancellationToken cancellationToken)
    {
        var mark = SettingsFiles.Of(variables, origin.EnvFile).Mark();
        var (settings, faults) = SettingsReader.Read(variables);
        if (settings is null)
        {
            throw new StartupException(faults);
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "gateway" });
        ConfigureServer(builder, settings);
        ConfigureLogging(builder.Logging, settings.LogFormat, logging);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(origin);
        builder.Services.AddSingleton<LogLoss>();
        builder.Services.AddRoutingCore();
        builder.Services.AddProxy();
        builder.Services.AddSingleton<TraceExport>();
        builder.Services.AddSingleton(static provider => provider.GetRequiredService<TraceExport>().Tracing);
        builder.Services.AddSingleton<SharedDemo>();
        builder.Services.AddSingleton<PrometheusEndpoint>();
        builder.Services.AddSingleton<GatewayGauges>();
        builder.Services.AddSingleton<SystemInfoEndpoint>();
        AddConsole(builder.Services, settings);
        builder.Services.AddManagedEngines(settings, variables);
        builder.Services.AddSingleton<ReloadHistory>();
        builder.Services.AddSingleton<LiveGateway>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<LiveGateway>());
        builder.Services.AddSingleton<SettingsWatcher>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<SettingsWatcher>());
        builder.Services.AddSingleton<IHostLifetime, DrainingLifetime>();
        if (settings.CorsOrigins.Count > 0)
        {
            builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => Allow(policy, settings.CorsOrigins).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(ExposedHeaders)));
        }

        var app = builder.Build();
        await app.Services.RouteManagedEnginesAsync(cancellationToken);
        var gateway = Wire(app, settings);
        app.Services.GetRequiredService<CurrentSnapshot>().Start = variables;
        gateway.Variables = variables;
        app.Services.GetRequiredService<SettingsWatcher>().See(mark);
        await gateway.PrepareAsync(cancellationToken);
        foreach (var name in UnknownNames(variables))
        {
            Log.UnknownSetting(app.Logger, name);
        }

        foreach (var warning in settings.Warnings.Concat(EnvironmentSource.Warnings(origin.EnvFile)))
        {
            Log.Warned(app.Logger, warning);
        }

        return app;
    }

    /// <summary>Variables that look like the gateway's own and are none: a misspelt setting must not pass in silence.</summary>
    public static IEnumerable<string> UnknownNames(IReadOnlyDictionary<string, string> variables) =>
        variables.Keys.Where(name => name.StartsWith("GATEWAY_", StringComparison.Ordinal) && !SettingCatalog.All.Any(spec => spec.Name == name)).Order(StringComparer.Ordinal);

    // Apps have origins of their own schemes, which the builder's own list takes for no URLs.
    private static CorsPolicyBuilder Allow(CorsPolicyBuilder policy, IReadOnlyList<string> origins)
    {
        var listed = origins.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return listed.Contains("*") ? policy.AllowAnyOrigin() : policy.SetIsOriginAllowed(listed.Contains);
    }

    private static void AddConsole(IServiceCollection services, GatewaySettings settings)
    {
        services.AddSingleton<ConsoleFiles>();
        services.AddSingleton<TotalsReader>();
        services.AddSingleton<StatsHistory>();
        services.AddSingleton<StatsEndpoint>();
        services.AddSingleton<KeyStatsEndpoint>();
        services.AddSingleton<AdminAccess>();
        if (settings.AdminApiKey is not null)
        {
            services.AddHostedService<StatsSampler>();
        }
    }

    private static LiveGateway Wire(WebApplication app, GatewaySettings settings)
    {
        var gateway = app.Services.GetRequiredService<LiveGateway>();
        var lifecycle = app.Services.GetRequiredService<Lifecycle>();
        app.Lifetime.ApplicationStopping.Register(() =>
        {
            lifecycle.BeginDrain();
            lifecycle.End();
        });
        var models = app.Services.GetRequiredService<ModelListCache>();
        var defects = app.Services.GetRequiredService<Defects>();
        app.Services.GetRequiredService<HealthMonitor>().BecameReady += backend => _ = defects.WatchAsync("model_lists", models.RefreshAsync(backend, app.Lifetime.ApplicationStopping));
        _ = app.Services.GetRequiredService<GatewayGauges>();
        GatewayRoutes.Map(app, settings);
        return gateway;
    }

    private static void ConfigureServer(WebApplicationBuilder builder, GatewaySettings settings)
    {
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = TimeSpan.FromSeconds(2);
            // Services go on after a defect (SteadyService); what ends one in spite of that is logged by the host, and requests are answered without it.
            host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;
        });
        // A line that ends without its CR is read as one line by some servers and as two by others.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        builder.WebHost.UseKestrelCore();
        InlineSockets.Configure(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.RequestHeaderEncodingSelector = HeaderEncodings.OfRequest;
            kestrel.ResponseHeaderEncodingSelector = HeaderEncodings.OfResponse;
            // Whatever reads a body holds it to its limit. The server's own one would not let the rest be read that a refused caller still sends.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MaxRequestLineSize = RequestHead.MaxLine * RequestHead.Slack;
            kestrel.Limits.MaxRequestHeadersTotalSize = RequestHead.MaxHeaders * RequestHead.Slack;
            kestrel.Limits.MaxRequestHeaderCount = RequestHead.MaxCount * RequestHead.Slack;
            Listen(kestrel, settings.Host, settings.Port, static _ => { });
            if (settings.MetricsPort is { } port)
            {
                Listen(kestrel, AddressOf(settings.MetricsHost) ?? settings.Host, port, GatewayRoutes.MarkMetricsPort);
            }
        });
    }

    // A name stands for the address that this machine has on one of its networks, which is only known when it starts.
    private static string? AddressOf(string? host)
    {
        if (host is null || SettingParsers.Host(host) is not null)
        {
            return host;
        }

        try
        {
            return Dns.GetHostAddresses(host)[0].ToString();
        }
        catch (SocketException e)
        {
            throw new StartupException([$"GATEWAY_METRICS_HOST={host} is no name of this machine: {e.Message}. Give the address, or leave it empty."]);
        }
    }

    private static void Listen(KestrelServerOptions kestrel, string host, int port, Action<ListenOptions> configure)
    {
        if (host == "*")
        {
            kestrel.ListenAnyIP(port, configure);
        }
        else if (host == "localhost" && port != 0)
        {
            kestrel.ListenLocalhost(port, configure);
        }
        else
        {
            kestrel.Listen(host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(host), port, configure);
        }
    }

    private static void ConfigureLogging(ILoggingBuilder logging, LogFormat format, Action<ILoggingBuilder>? configure)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        // Every request has its own line; the forwarder's would show the engines' addresses, and the server's repeats what ended a stream.
        logging.AddFilter("Yarp", LogLevel.None);
        // Model lists and galleries report a failure once, in their own words; the pipelines of their calls would log every attempt.
        logging.AddFilter("Polly", LogLevel.None);
        // While anything of it is logged, the server makes an activity for each request.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical);
        if (configure is null)
        {
            AddConsole(logging, format);
        }

        configure?.Invoke(logging);
    }

    // A start that fails says why in one line on the error output; the host would add its stack.
    private static bool IsToldOtherwise(string category, EventId id) => category == "Microsoft.Extensions.Hosting.Internal.Host" && id.Id == HostFailedToStart;

    private static void AddConsole(ILoggingBuilder logging, LogFormat format)
    {
        logging.AddJsonConsole(console =>
        {
            console.TimestampFormat = Timestamp;
            console.UseUtcTimestamp = true;
        });
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
            console.TimestampFormat = Timestamp + " ";
            console.UseUtcTimestamp = true;
        });
        // Their formats are kept, their writing is not.
        logging.ClearProviders();
        var name = format == LogFormat.Json ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple;
        logging.Services.AddSingleton<ILoggerProvider>(services => new BatchedConsole(
            services.GetServices<ConsoleFormatter>().First(formatter => formatter.Name == name), System.Console.OpenStandardOutput(), TimeProvider.System,
            services.GetRequiredService<LogLoss>(), IsToldOtherwise));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Name} is not a setting of this version and has no effect. docs/configuration.md lists those that are.")]
        public static partial void UnknownSetting(ILogger logger, string name);

        [LoggerMessage(2, LogLevel.Warning, "{Warning}")]
        public static partial void Warned(ILogger logger, string warning);
    }
}
