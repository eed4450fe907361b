using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using Xunit.Abstractions;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.EndToEndTests;

/// <summary>What a request allocates, counted and not timed: beside the forwarder alone, in the same process, on the same upstream.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int Rounds = 5;
    private const int Requests = 3000;

    /// <summary>What the steps, four message handlers, keys, limits, usage, metrics and a line of log may add to a request, in bytes (docs/decisions/0006).</summary>
    private const long Most = 4096;

    private const string Body = """{"model":"model-1","messages":[{"role":"user","content":"Tell me of the quick brown fox."}]}""";

    private const string Answer =
        """{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"model-1","choices":[{"index":0,"message":{"role":"assistant","content":"It jumps."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}""";

    [Fact]
    public async Task Request_CommonPath_AllocatesLittleMoreThanTheForwarderAlone()
    {
        using var upstream = new LeanUpstream(Answer);
        await using var gateway = await StartGatewayAsync(upstream.Url);
        await using var bare = await StartForwarderAsync(upstream.Url);
        using var asked = new Caller(gateway);
        using var beside = new Caller(bare);

        // The least of some rounds, by turns: what runs beside the requests can only add to it.
        var rounds = Enumerable.Range(0, Rounds).Select(_ => (Own: asked.PerRequest(), Forwarder: beside.PerRequest())).ToList();
        var (own, forwarder) = (rounds.Min(round => round.Own), rounds.Min(round => round.Forwarder));

        output.WriteLine($"{own} bytes a request; the forwarder alone {forwarder}.");
        Assert.InRange(own, 1, forwarder + Most);
    }

    private static async Task<WebApplication> StartGatewayAsync(Uri engine)
    {
        var variables = new Dictionary<string, string>
        {
            ["GATEWAY_HOST"] = "127.0.0.1",
            ["GATEWAY_PORT"] = "0",
            ["BACKEND_KIND"] = "vllm",
            ["BACKEND_BASE_URL"] = engine.ToString(),
            ["API_KEYS"] = $"tests:{RunningGateway.ClientKey}",
        };
        var app = await GatewayApp.BuildAsync(variables, static logging => logging.AddProvider(new Formatting()), CancellationToken.None);
        await app.StartAsync();
        return app;
    }

    private static async Task<WebApplication> StartForwarderAsync(Uri engine)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddHttpForwarder();
        var app = builder.Build();
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
        app.Run(async context => await forwarder.SendAsync(context, engine.ToString(), client));
        await app.StartAsync();
        return app;
    }

    /// <summary>One connection that asks the same again and again.</summary>
    private sealed class Caller : IDisposable
    {
        private readonly byte[] _request = Encoding.ASCII.GetBytes($"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {RunningGateway.ClientKey}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        private readonly byte[] _buffer = new byte[16 * 1024];
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public Caller(WebApplication app)
        {
            _socket.Connect(IPAddress.Loopback, new Uri(app.Urls.First()).Port);
            Ask();
        }

        public long PerRequest()
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Ask();
            return (GC.GetTotalAllocatedBytes(precise: true) - before) / Requests;
        }

        public void Dispose() => _socket.Dispose();

        private void Ask()
        {
            for (var i = 0; i < Requests; i++)
            {
                _socket.Send(_request);
                for (var length = 0; !_buffer.AsSpan(0, length).EndsWith("}}"u8);)
                {
                    var read = _socket.Receive(_buffer.AsSpan(length));
                    length += read > 0 ? read : throw new IOException("The connection was closed.");
                }

                Assert.True(_buffer.AsSpan().StartsWith("HTTP/1.1 200"u8));
            }
        }
    }

    /// <summary>Formats every line, as any log has to, and forgets it.</summary>
    private sealed class Formatting : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _ = formatter(state, exception);

        public void Dispose()
        {
        }
    }
}
