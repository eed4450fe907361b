using System.Net;
using System.Text;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>What an answer is, is told by what was asked for and by what is there, whatever its headers say.</summary>
public sealed class AnswerMediaTests
{
    private const string Events =
        "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null}]}\n\n"
        + "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        + "data: [DONE]\n\n";

    private const string Json = """{"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Paris"},"finish_reason":"stop"}]}""";

    [Theory]
    [InlineData("Content-Type: text/event-stream; charset=utf-8\n", Events)]
    [InlineData("Content-Type: Text/Event-Stream\n", Events)]
    [InlineData("Content-Type: TEXT/EVENT-STREAM;charset=UTF-8\n", Events)]
    [InlineData("Content-Type: text/event-stream\nContent-Type: text/event-stream; charset=utf-8\n", Events)]
    [InlineData("Content-Type: text/event-stream, text/event-stream\n", Events)]
    [InlineData("Content-Type: text/plain; charset=utf-8\n", Events)]
    [InlineData("Content-Type: application/json\n", Events)]
    [InlineData("Content-Type: application/json\n", ": ping\n\n" + Events)]
    [InlineData("Content-Type: text/html\n", "\n\nevent: message\n" + Events)]
    [InlineData("Content-Type: application/octet-stream\n", "id: 1\n" + Events)]
    [InlineData("Content-Type: no type at all\n", "retry: 10\r\n" + Events)]
    [InlineData("", "\uFEFF" + Events)]
    [InlineData("", Events)]
    public async Task Stream_UnderAnyMediaType_IsRelayedAsAStream(string header, string body)
    {
        await using var rig = await Rig.StartAsync();
        var head = RawAnswer.Http("HTTP/1.1 200 OK\n" + header + "\n");
        rig.Engine.Answer = _ => head with { Bytes = [.. head.Bytes, .. Encoding.UTF8.GetBytes(body)] };

        using var answer = await rig.SendAsync(stream: true);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", Assert.Single(answer.Content.Headers.GetValues("Content-Type")).Split(';')[0].ToLowerInvariant());
        Assert.EndsWith(Events, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(rig.Engine.Requests.Work);
    }

    [Theory]
    [InlineData("text/event-stream", Json)]
    [InlineData("text/plain", Json)]
    [InlineData("application/json", "\uFEFF" + Json)]
    public async Task Plain_UnderAnyMediaType_IsTheAnswer(string type, string body)
    {
        await using var rig = await Rig.StartAsync();
        rig.Engine.Answer = _ => RawAnswer.Sound(200, type, Encoding.UTF8.GetBytes(body));

        using var answer = await rig.SendAsync(stream: false);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Json, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(false, "application/json", "it works")]
    [InlineData(false, "application/json", Events)]
    [InlineData(false, "application/json", "{\"choices\":[")]
    [InlineData(true, "text/plain", "it works")]
    [InlineData(true, "text/event-stream", "it works")]
    [InlineData(true, "text/event-stream", Json)]
    [InlineData(true, "text/event-stream", "data: it works\n\n")]
    public async Task Answer_ThatCannotBeRead_IsMadeOnceOnly(bool stream, string type, string body)
    {
        await using var rig = await Rig.StartAsync();
        rig.Engine.Answer = _ => RawAnswer.Sound(200, type, Encoding.UTF8.GetBytes(body));

        using var answer = await rig.SendAsync(stream);

        await Answers.AssertGatewayErrorAsync(answer, 502, "upstream_error");
        Assert.Single(rig.Engine.Requests.Work);
    }

    [Theory]
    [InlineData("error: {\"code\":400,\"message\":\"the request exceeds the available context size\",\"type\":\"invalid_request_error\"}\n\ndata: [DONE]\n\n")]
    [InlineData("{\"error\":{\"code\":400,\"message\":\"the request exceeds the available context size\",\"type\":\"invalid_request_error\"}}\n")]
    [InlineData("{\"error\":{\"code\":400,\"message\":\"the request exceeds the available context size\",\"type\":\"invalid_request_error\"}}\n\ndata: [DONE]\n\n")]
    [InlineData("event: error\ndata: {\"code\":400,\"message\":\"the request exceeds the available context size\",\"type\":\"invalid_request_error\"}\n\n")]
    public async Task Stream_ErrorInAnyFrame_IsTheEnginesError(string body)
    {
        await using var rig = await Rig.StartAsync();
        rig.Engine.Answer = _ => RawAnswer.Sound(200, "text/event-stream", Encoding.UTF8.GetBytes(body));

        using var first = await rig.SendAsync(stream: true);

        Assert.Equal(HttpStatusCode.BadRequest, first.StatusCode);
        Assert.Contains("available context size", await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(rig.Engine.Requests.Work);
    }

    [Theory]
    [InlineData("/v1/files/file-1/content", "application/json", "{\"a\":1}\n{\"a\":2}\n")]
    [InlineData("/v1/files/file-1/content", "text/html", "<!DOCTYPE html><html></html>")]
    [InlineData("/v1/files/file-1/content", "text/event-stream", "data: [DONE]\n\n")]
    [InlineData("/v1/files/file-1/content", "application/json", "{\"error\":{\"message\":\"a log of errors\"}}")]
    [InlineData("/v1/videos/v-1/content", "application/json", "\u0001\u0002")]
    [InlineData("/v1/containers/c-1/files/f-1/content", "text/html", "<html></html>")]
    public async Task Content_OfAStoredFile_PassesWhateverItIs(string path, string type, string content)
    {
        await using var rig = await Rig.StartAsync();
        rig.Engine.Answer = _ => RawAnswer.Sound(200, type, Encoding.UTF8.GetBytes(content));

        using var answer = await rig.Client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal((HttpStatusCode.OK, content), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("audio/mpeg")]
    [InlineData("application/json")]
    [InlineData("text/html")]
    public async Task Speech_UnderAnyMediaType_IsPassed(string type)
    {
        byte[] sound = [0xFF, 0xFB, 0x90, 0x00, (byte)'<', 0, 1];
        await using var rig = await Rig.StartAsync();
        rig.Engine.Answer = _ => RawAnswer.Sound(200, type, sound);

        using var answer = await rig.Client.SendAsync(SampleRequest.Post("/v1/audio/speech", $$"""{"model":"{{rig.Engine.Model}}","input":"x","voice":"alloy"}"""));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(sound, await answer.Content.ReadAsByteArrayAsync());
    }

    /// <summary>A gateway that tries again, before an engine whose bytes are its own.</summary>
    private sealed class Rig(RawEngine engine, RunningGateway gateway) : IAsyncDisposable
    {
        public RawEngine Engine => engine;

        public HttpClient Client => gateway.Client;

        public static async Task<Rig> StartAsync()
        {
            var engine = RawEngine.Start("openai");
            var gateway = await RunningGateway.StartAsync(new Dictionary<string, string>
            {
                ["BACKEND_KIND"] = "openai",
                ["BACKEND_BASE_URL"] = engine.BaseUrl + "v1",
                ["GATEWAY_RETRIES"] = "2",
            });
            await gateway.WaitForModelsAsync();
            engine.Requests.Clear();
            return new Rig(engine, gateway);
        }

        public Task<HttpResponseMessage> SendAsync(bool stream) =>
            gateway.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(engine.Model, stream)), HttpCompletionOption.ResponseHeadersRead);

        public async ValueTask DisposeAsync()
        {
            await gateway.DisposeAsync();
            await engine.DisposeAsync();
        }
    }
}
