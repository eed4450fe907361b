using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gateway.Demo;

/// <summary>
/// The built-in engine: a server on a free loopback port, which the gateway reaches like any other engine. It runs no model and
/// says so.
/// </summary>
public sealed class DemoEngine : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DemoRoutes _routes;

    private DemoEngine(WebApplication app, DemoRoutes routes)
    {
        _app = app;
        _routes = routes;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        BaseUrl = new Uri(new Uri(addresses.First()), "v1");
    }

    public Uri BaseUrl { get; }

    /// <summary>Requests being worked on.</summary>
    public int Running => _routes.Running;

    public static Task<DemoEngine> StartAsync(TimeProvider clock, CancellationToken cancellationToken) =>
        StartAsync(new DemoOptions(), clock, cancellationToken);

    public static async Task<DemoEngine> StartAsync(DemoOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "demo" });
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        // When the gateway ends, its streams have no readers left.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The gateway has a limit, which the operator sets.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });

        var app = builder.Build();
        var routes = new DemoRoutes(options, clock);
        routes.Map(app);
        await app.StartAsync(cancellationToken);
        return new DemoEngine(app, routes);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
