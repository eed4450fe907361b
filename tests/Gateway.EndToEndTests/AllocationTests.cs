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
    private const int Requests = 4000;

    /// <summary>What keys, limits, usage, metrics and a line of log may add to a request, in bytes.</summary>
    private const long Most = 2048;

    private const string Body = """{"model":"model-1","messages":[{"role":"user","content":"Tell me of the quick brown fox."}]}""";

    private const string Answer =
        """{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"model-1","choices":[{"index":0,"message":{"role":"assistant","content":"It jumps."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}""";

    [Fact]
    public async Task Request_CommonPath_AllocatesLittleMoreThanTheForwarderAlone()
    {
        using var upstream = new LeanUpstream(Answer);
        await using var gateway = await StartGatewayAsync(upstream.Url);
        await using var bare = await StartForwarderAsync(upstream.Url);
        var own = PerRequest(gateway);
        var forwarder = PerRequest(bare);

        output.WriteLine($"{own} bytes a request; the forwarder alone {forwarder}.");
        Assert.InRange(own, 1, forwarder + Most);
    }

    private static long PerRequest(WebApplication app)
    {
        var request = Encoding.ASCII.GetBytes($"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {RunningGateway.ClientKey}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(IPAddress.Loopback, new Uri(app.Urls.First()).Port);
        var buffer = new byte[16 * 1024];
        Ask(client, request, buffer, Requests);

        // The least of some: what runs beside the requests can only add to it.
        return Enumerable.Range(0, 3).Min(_ =>
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Ask(client, request, buffer, Requests);
            return (GC.GetTotalAllocatedBytes(precise: true) - before) / Requests;
        });
    }

    private static void Ask(Socket client, byte[] request, byte[] buffer, int times)
    {
        for (var i = 0; i < times; i++)
        {
            client.Send(request);
            for (var length = 0; !buffer.AsSpan(0, length).EndsWith("}}"u8);)
            {
                var read = client.Receive(buffer.AsSpan(length));
                length += read > 0 ? read : throw new IOException("The connection was closed.");
            }

            Assert.True(buffer.AsSpan().StartsWith("HTTP/1.1 200"u8));
        }
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
