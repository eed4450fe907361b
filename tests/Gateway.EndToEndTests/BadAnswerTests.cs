using System.Net;
using System.Text;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>What an engine, or whatever listens in its place, must not do: the client gets a clear 502 and the next request is served.</summary>
public sealed class BadAnswerTests
{
    private const string Json = """{"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Paris"},"finish_reason":"stop"}]}""";

    // Every answer is followed by the end of the connection.
    public static TheoryData<string, string> Nonsense => new()
    {
        { "nothing", "" },
        { "half a status line", "HTTP/1.1 2" },
        { "half a header", "HTTP/1.1 200 OK\nContent-Ty" },
        { "a header without its end", "HTTP/1.1 200 OK\nContent-Type: application/json\n" },
        { "no body where one is due", "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 300\n\n" },
        { "half a body", "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 300\n\n{\"id\":" },
        { "half a chunked body", "HTTP/1.1 200 OK\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n5\n{\"id\"\n" },
        { "a chunk that is no chunk", "HTTP/1.1 200 OK\nContent-Type: application/json\nTransfer-Encoding: chunked\n\nzz\n" },
        { "an empty body", "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 0\n\n" },
        { "half a JSON", "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 6\n\n{\"id\":" },
        { "a page", "HTTP/1.1 200 OK\nContent-Type: text/html\n\n<!DOCTYPE html><html></html>" },
        { "a page that says it is JSON", "HTTP/1.1 200 OK\nContent-Type: application/json\n\n<html></html>" },
        { "plain text", "HTTP/1.1 200 OK\nContent-Type: text/plain\n\nit works" },
        { "another protocol", "SSH-2.0-OpenSSH_9.2\n" },
        { "an answer of HTTP/0.9", "{\"id\":\"x\"}" },
        { "a change of protocol nobody asked for", "HTTP/1.1 101 Switching Protocols\nUpgrade: x\nConnection: upgrade\n\n" },
        { "not modified", "HTTP/1.1 304 Not Modified\n\n" },
        { "gzip that is none", "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Encoding: gzip\nContent-Length: 4\n\nabcd" },
        { "an unknown encoding", "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Encoding: zstd\nContent-Length: 4\n\nabcd" },
        { "a stream without an event", "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n" },
        { "a stream of comments", "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n: hello\n\n: hello\n\n" },
        { "half an event", "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\ndata: {\"id\":" },
        { "an event that is no JSON", "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\ndata: hello\n\n" },
        { "nothing but the marker", "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\ndata: [DONE]\n\n" },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task Answer_IsNonsense_Is502AndTheNextOneIsServed(string what, string bytes)
    {
        foreach (var stream in (bool[])[false, true])
        {
            await using var rig = await Rig.StartAsync();
            rig.Engine.Answer = _ => RawAnswer.Http(bytes);

            using var answer = await rig.SendAsync(stream);

            var message = await Answers.AssertGatewayErrorAsync(answer, 502, "upstream_error");
            Assert.False(message.Contains("Exception", StringComparison.Ordinal), what);
            await rig.AssertStillServedAsync();
        }
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Answer_IsARedirection_IsNotFollowed(int status)
    {
        await using var elsewhere = RawEngine.Start("openai");
        await using var rig = await Rig.StartAsync();
        rig.Engine.Answer = _ => RawAnswer.Http($"HTTP/1.1 {status} Moved\nLocation: {elsewhere.BaseUrl}v1/chat/completions\nContent-Length: 0\n\n");

        using var answer = await rig.SendAsync(stream: false);

        await Answers.AssertGatewayErrorAsync(answer, 502, "upstream_error");
        Assert.Null(answer.Headers.Location);
        Assert.Empty(elsewhere.Requests.All);
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\n\n")]
    [InlineData("HTTP/1.1 103 Early Hints\nLink: </x>; rel=preload\n\n")]
    [InlineData("HTTP/1.1 102 Processing\n\nHTTP/1.1 103 Early Hints\n\n")]
    public async Task Answer_IsAnnouncedBefore_IsServed(string before)
    {
        await using var rig = await Rig.StartAsync();
        rig.Engine.Answer = _ => RawAnswer.Http($"{before}HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: {Json.Length}\n\n{Json}");

        using var answer = await rig.SendAsync(stream: false);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Json, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Answer_IsLongerThanItSays_EndsWhereItSays()
    {
        await using var rig = await Rig.StartAsync();
        rig.Engine.Answer = _ => RawAnswer.Http($"HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: {Json.Length}\n\n{Json}HTTP/1.1 200 OK\nContent-Length: 6\n\nforged", RawEnd.KeepAlive);

        for (var i = 0; i < 3; i++)
        {
            using var answer = await rig.SendAsync(stream: false);
            Assert.Equal(Json, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Answer_IsPackedUnasked_ReachesTheClientPlain()
    {
        await using var environment = await TestEnvironment.StartAsync("openai");
        environment.Engine.Script.Next(Replies.Gzip);

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model));

        Assert.Empty(answer.Content.Headers.ContentEncoding);
        Assert.Equal(environment.Engine.Dialect.Fixtures.Get("chat.json"), await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Answer_HasHeadersWithoutMeasure_Is502()
    {
        await using var rig = await Rig.StartAsync();
        rig.Engine.Answer = _ => RawAnswer.Http($"HTTP/1.1 200 OK\nX-Long: {new string('a', 1024 * 1024)}\nContent-Length: 2\n\n{{}}");

        using var answer = await rig.SendAsync(stream: false);

        await Answers.AssertGatewayErrorAsync(answer, 502, "upstream_error");
        await rig.AssertStillServedAsync();
    }

    /// <summary>A gateway before an engine whose bytes the test writes.</summary>
    private sealed class Rig(RawEngine engine, RunningGateway gateway) : IAsyncDisposable
    {
        public RawEngine Engine { get; } = engine;

        public static async Task<Rig> StartAsync()
        {
            var engine = RawEngine.Start("openai");
            // This engine closes behind its answers: the next request may meet the close on a kept connection, which is what one retry is for.
            var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("openai", engine.BaseUrl, ("GATEWAY_RETRIES", "1")));
            await gateway.WaitForModelsAsync();
            return new Rig(engine, gateway);
        }

        public Task<HttpResponseMessage> SendAsync(bool stream) =>
            gateway.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, Engine.Model, stream));

        public async Task AssertStillServedAsync()
        {
            Engine.Answer = _ => RawAnswer.Sound(200, "application/json", Encoding.UTF8.GetBytes(Json));
            await gateway.WaitForStateAsync("ready");
            using var answer = await SendAsync(stream: false);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        public async ValueTask DisposeAsync()
        {
            await gateway.DisposeAsync();
            await Engine.DisposeAsync();
        }
    }
}
