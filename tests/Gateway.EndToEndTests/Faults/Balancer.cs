using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.EndToEndTests.Faults;

/// <summary>A balancer before a few gateways that asks each for <c>/ready</c> ten times a second, and never tries a request twice.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly IReadOnlyList<GatewayProcess> _gateways;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });
    private readonly CancellationTokenSource _stop = new();
    private readonly WebApplication _app;
    private readonly Task _watching;
    private volatile IReadOnlyList<GatewayProcess> _ready;
    private int _turn;

    private Balancer(IReadOnlyList<GatewayProcess> gateways)
    {
        _gateways = gateways;
        _ready = gateways;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1));
        builder.Services.AddHttpForwarder();
        _app = builder.Build();
        var forwarder = _app.Services.GetRequiredService<IHttpForwarder>();
        _app.Run(context => ForwardAsync(forwarder, context));
        _watching = WatchAsync();
    }

    public Uri Url => new(_app.Urls.First());

    public static async Task<Balancer> StartAsync(params GatewayProcess[] gateways)
    {
        var balancer = new Balancer(gateways);
        await balancer._app.StartAsync();
        return balancer;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.StopAsync();
        await _app.DisposeAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task ForwardAsync(IHttpForwarder forwarder, HttpContext context)
    {
        var ready = _ready;
        if (ready.Count == 0)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var gateway = ready[(Interlocked.Increment(ref _turn) & int.MaxValue) % ready.Count];
        await forwarder.SendAsync(context, gateway.Url.ToString(), _client);
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var states = await Task.WhenAll(_gateways.Select(gateway => gateway.IsReadyAsync()));
            _ready = [.. _gateways.Where((_, i) => states[i])];
            await Task.Delay(Interval, TimeProvider.System, _stop.Token);
        }
    }
}
