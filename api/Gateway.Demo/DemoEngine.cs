using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gateway.Demo;

/// <summary>
/// The built-in engine: a server of its own on a free loopback port, which the gateway reaches like any other engine. It runs no
/// model and says so.
/// </summary>
public sealed class DemoEngine : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DemoHandler _handler;

    private DemoEngine(WebApplication app, DemoHandler handler)
    {
        _app = app;
        _handler = handler;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        BaseUrl = new Uri(new Uri(addresses.First()), "v1");
    }

    public Uri BaseUrl { get; }

    /// <summary>Requests being worked on.</summary>
    public int Running => _handler.Running;

    public static Task<DemoEngine> StartAsync(TimeProvider clock, CancellationToken cancellationToken) =>
        StartAsync(new DemoOptions(), clock, cancellationToken);

    public static async Task<DemoEngine> StartAsync(DemoOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "demo" });
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        // Streams that are still being written when the gateway ends have nobody left to read them.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The gateway has a limit of its own, which the operator sets.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });

        var app = builder.Build();
        var handler = new DemoHandler(options, clock);
        app.Run(handler.HandleAsync);
        await app.StartAsync(cancellationToken);
        return new DemoEngine(app, handler);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
