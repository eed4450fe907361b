using System.Net;
using Gateway.Engines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Fakes;

/// <summary>An engine on a real socket that speaks one dialect from profile and fixtures, and misbehaves when told to.</summary>
internal sealed class FakeEngine : IAsyncDisposable
{
    private readonly FakeEngineOptions _options;
    private readonly EngineHandler _handler;
    private WebApplication _app;

    private FakeEngine(FakeEngineOptions options)
    {
        _options = options;
        Dialect = Dialect.Load(options.Dialect, options.Model);
        _handler = new EngineHandler(this);
        _app = Build(options.Port);
    }

    public Dialect Dialect { get; }

    public EngineProfile Profile => Dialect.Profile;

    public string? ApiKey => _options.ApiKey;

    /// <summary>Without a path at the end.</summary>
    public Uri BaseUrl { get; private set; } = null!;

    public Script Script { get; } = new();

    public ReceivedRequests Requests { get; } = new();

    /// <summary>What its health says: ready, or any state its fixtures have an answer for; unreachable resets every connection.</summary>
    public EngineState State { get; set; } = EngineState.Ready;

    /// <summary>The one answer to health probes, before <see cref="State"/>.</summary>
    public AnswerCase? HealthAnswer { get; set; }

    /// <summary>Answers to its other probes by path, in place of its fixtures.</summary>
    public Dictionary<string, AnswerCase> ProbeAnswers { get; } = [];

    /// <summary>The model of its fixtures.</summary>
    public string Model => Dialect.Fixtures.Model ?? "model";

    public static Task<FakeEngine> StartAsync(string dialect, string? apiKey = null) =>
        StartAsync(new FakeEngineOptions { Dialect = dialect, ApiKey = apiKey });

    public static async Task<FakeEngine> StartAsync(FakeEngineOptions options)
    {
        var engine = new FakeEngine(options);
        await engine.ListenAsync();
        return engine;
    }

    /// <summary>Stops listening: connections are refused until <see cref="ResumeAsync"/>.</summary>
    public async Task StopAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    /// <summary>Listens again where it did before.</summary>
    public Task ResumeAsync()
    {
        _app = Build(BaseUrl.Port);
        return ListenAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    public void Reset()
    {
        State = EngineState.Ready;
        HealthAnswer = null;
        ProbeAnswers.Clear();
        Script.Clear();
        Requests.Clear();
    }

    private async Task ListenAsync()
    {
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        BaseUrl = new Uri(addresses.First());
    }

    private WebApplication Build(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            Listen(kestrel, port);
        });
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(HandleAsync);
        return app;
    }

    private void Listen(KestrelServerOptions kestrel, int port)
    {
        kestrel.Listen(IPAddress.Parse(_options.Host), port, listen =>
        {
            if (_options.Certificate is { } certificate)
            {
                listen.UseHttps(certificate);
            }
        });
        if (_options.ControlPort is { } control)
        {
            kestrel.Listen(IPAddress.Loopback, control);
        }
    }

    private Task HandleAsync(HttpContext context) =>
        _options.ControlPort == context.Connection.LocalPort
            ? ControlEndpoint.HandleAsync(this, context)
            : _handler.HandleAsync(context);
}
