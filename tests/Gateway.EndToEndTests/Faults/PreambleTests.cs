using System.Net;
using System.Text;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Faults;

/// <summary>What only says that an answer has begun is held until something is said: whoever falls silent or breaks off before that is replaced unseen.</summary>
public sealed class PreambleTests
{
    [Theory]
    [InlineData("/v1/chat/completions", 1, "\"role\":\"assistant\"", "data: [DONE]")]
    [InlineData("/v1/responses", 2, "event: response.created", "response.completed")]
    [InlineData("/v1/messages", 1, "event: message_start", "message_stop")]
    public async Task Stream_StallsAfterItsPreamble_IsAnsweredByTheOtherReplica(string path, int frames, string preamble, string end)
    {
        await using var rig = await FaultRig.StartAsync(2, ("GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS", "1.5"));
        rig.First(1, Replies.StallAfterFrames(frames));

        using var answer = await AskAsync(rig, path);
        var (body, cut) = await Answers.ReadToEndAsync(answer);
        var text = Encoding.UTF8.GetString(body);

        Assert.Equal((HttpStatusCode.OK, false), (answer.StatusCode, cut));
        Assert.Contains(end, text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split(preamble).Length);
        Assert.Equal("2", answer.Headers.GetValues("x-gateway-attempts").Single());
        Assert.All(rig.Engines, engine => Assert.Single(engine.Requests.Work));
    }

    // vLLM's --sse-keep-alive-interval: the comments say that the connection lives, not that an answer has begun.
    [Fact]
    public async Task Stream_HasNothingButKeepAliveComments_IsAnsweredByTheOtherReplica()
    {
        await using var rig = await FaultRig.StartAsync(2, ("GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS", "1.5"));
        rig.First(1, static async exchange =>
        {
            exchange.Head(200, "text/event-stream");
            while (!exchange.Aborted.IsCancellationRequested)
            {
                await exchange.FlushAsync(": keep-alive\n\n"u8.ToArray());
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, exchange.Aborted);
            }
        });

        using var answer = await AskAsync(rig, "/v1/chat/completions");
        var (body, cut) = await Answers.ReadToEndAsync(answer);

        Assert.Equal((HttpStatusCode.OK, false), (answer.StatusCode, cut));
        Assert.EndsWith("data: [DONE]\n\n", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.Equal("2", answer.Headers.GetValues("x-gateway-attempts").Single());
    }

    [Theory]
    [InlineData("/v1/chat/completions", 1)]
    [InlineData("/v1/responses", 2)]
    [InlineData("/v1/messages", 1)]
    public async Task Stream_BreaksAfterItsPreambleAndNobodyElseIsThere_IsAnOrdinaryError(string path, int frames)
    {
        await using var rig = await FaultRig.StartAsync(1, ("GATEWAY_RETRIES", "0"));
        rig.Always(Replies.CutAfterFrames(frames, reset: false));

        using var answer = await AskAsync(rig, path);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("\"message\":", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("gateway", Answers.Source(answer));
    }

    private static Task<HttpResponseMessage> AskAsync(FaultRig rig, string path)
    {
        var model = rig.Engines[0].Model;
        var body = path switch
        {
            "/v1/responses" => $$"""{"model":"{{model}}","input":"hi","stream":true}""",
            "/v1/messages" => $$"""{"model":"{{model}}","max_tokens":5,"messages":[{"role":"user","content":"hi"}],"stream":true}""",
            _ => SampleRequest.Chat(model, stream: true),
        };
        return rig.Gateway.Client.SendAsync(SampleRequest.Post(path, body), HttpCompletionOption.ResponseHeadersRead);
    }
}
