using System.Net;
using System.Text;
using Gateway.EndToEndTests.Faults;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>An engine that stops its answers half way, as vLLM does on SIGTERM, and calls that a success: status 200 and the end of a whole answer.</summary>
public sealed class AbortedAnswerTests
{
    private const string Plain = """{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"lasses"},"finish_reason":"abort","stop_reason":null}],"usage":{"prompt_tokens":16,"completion_tokens":38}}""";
    private const string Role = """data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""" + "\n\n";
    private const string Text = """data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"lasses"},"finish_reason":null}]}""" + "\n\n";
    private const string Abort = """data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":""},"finish_reason":"abort","stop_reason":null}]}""" + "\n\ndata: [DONE]\n\n";
    private const string Message = """{"id":"c","type":"message","role":"assistant","content":[{"type":"text","text":"MTP"}],"model":"m","usage":{"input_tokens":16,"output_tokens":34}}""";
    private const string MessageStart = "event: message_start\ndata: " + """{"type":"message_start","message":{"id":"c","type":"message","role":"assistant","content":[],"model":"m","stop_reason":null,"usage":{"input_tokens":16,"output_tokens":0}}}""" + "\n\n";
    private const string MessageText = "event: content_block_delta\ndata: " + """{"type":"content_block_delta","delta":{"type":"text_delta","text":"os"},"index":0}""" + "\n\n";
    private const string MessageAbort = "event: message_delta\ndata: " + """{"type":"message_delta","delta":{"stop_reason":null,"stop_sequence":null},"usage":{"input_tokens":16,"output_tokens":36}}""" + "\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    [Theory]
    [InlineData("/v1/chat/completions", false, Plain)]
    [InlineData("/v1/chat/completions", true, Role + Abort)]
    [InlineData("/v1/messages", false, Message)]
    [InlineData("/v1/messages", true, MessageStart + MessageAbort)]
    public async Task Answer_StoppedBeforeItsFirstEvent_IsTriedAgainUnseen(string path, bool stream, string stopped)
    {
        await using var rig = await FaultRig.StartAsync(2);
        rig.First(1, stream ? Replies.Stream(Encoding.UTF8.GetBytes(stopped)) : Replies.Body(Encoding.UTF8.GetBytes(stopped)));

        using var answer = await AskAsync(rig, path, stream);
        var (body, cut) = await Answers.ReadToEndAsync(answer);

        Assert.Equal((HttpStatusCode.OK, false, 2), (answer.StatusCode, cut, rig.Upstream));
        Assert.DoesNotContain("abort", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.DoesNotContain("error", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat/completions", Role + Text, Abort)]
    [InlineData("/v1/messages", MessageStart + MessageText, MessageAbort)]
    public async Task Stream_StoppedLater_EndsInOrderWithOneErrorAndNoMarker(string path, string begun, string stopped)
    {
        await using var rig = await FaultRig.StartAsync(2);
        var committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Always(Replies.Gated(committed.Task, Replies.Stream(Encoding.UTF8.GetBytes(begun + stopped))));

        using var answer = await AskAsync(rig, path, stream: true);
        committed.SetResult();
        var (bytes, cut) = await Answers.ReadToEndAsync(answer);
        var body = Encoding.UTF8.GetString(bytes);

        Assert.Equal((HttpStatusCode.OK, false, 1), (answer.StatusCode, cut, rig.Upstream));
        Assert.StartsWith(begun, body, StringComparison.Ordinal);
        Assert.Contains("stopped the answer before it was complete", body, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
        Assert.DoesNotContain("message_stop", body, StringComparison.Ordinal);
        await rig.Gateway.Log.WaitForAsync("Interrupted");
    }

    [Fact]
    public async Task Answer_StoppedByEveryReplica_Is502()
    {
        await using var rig = await FaultRig.StartAsync(1, ("GATEWAY_RETRIES", "1"));
        rig.Always(Replies.Body(Encoding.UTF8.GetBytes(Plain)));

        using var answer = await rig.ChatAsync();

        await Answers.AssertGatewayErrorAsync(answer, 502, "upstream_error");
        Assert.Equal(2, rig.Upstream);
    }

    private static Task<HttpResponseMessage> AskAsync(FaultRig rig, string path, bool stream)
    {
        var body = $$"""{"model":"{{rig.Engines[0].Model}}","max_tokens":8,"messages":[{"role":"user","content":"x"}],"stream":{{(stream ? "true" : "false")}}}""";
        return rig.Gateway.Client.SendAsync(SampleRequest.Post(path, body), HttpCompletionOption.ResponseHeadersRead);
    }
}
