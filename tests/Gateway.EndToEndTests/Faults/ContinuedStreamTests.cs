using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.EndToEndTests.RealEngine;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Faults;

/// <summary>Streams that another engine goes on with: the client has one stream, and no word of it is missing, doubled or made up.</summary>
public sealed class ContinuedStreamTests
{
    private const string Said = "data: {\"id\":\"first\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n"
        + "data: {\"id\":\"first\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" the long \\\"\"},\"finish_reason\":null}]}\n\n"
        + "data: {\"id\":\"first\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"budget\"},\"finish_reason\":null}]}\n\n";

    private static readonly (string, string)[] Continued = [("GATEWAY_RESUME", "continue"), ("GATEWAY_IDLE_TIMEOUT_SECONDS", "0.5")];

    [Theory]
    [InlineData("stall")]
    [InlineData("end")]
    public async Task Stream_BreaksHalfWay_IsContinuedByTheOtherReplica(string fault)
    {
        await using var rig = await FaultRig.StartAsync(2, Continued);
        rig.First(1, Breaks(Said, fault));
        var (text, cut) = await AskAsync(rig, ",\"max_tokens\":40,\"stream_options\":{\"include_usage\":true}");
        var chunks = Chunks(text);

        Assert.False(cut);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Contains(": gateway resumed after 2 pieces of text on vllm-", text, StringComparison.Ordinal);
        Assert.StartsWith(" the long \"budget", Content(chunks), StringComparison.Ordinal);
        Assert.True(Content(chunks).Length > " the long \"budget".Length);
        Assert.All(chunks, chunk => Assert.Equal("first", chunk.GetProperty("id").GetString()));
        var usage = chunks[^1].GetProperty("usage");
        Assert.Equal(usage.GetProperty("total_tokens").GetInt32(), usage.GetProperty("prompt_tokens").GetInt32() + usage.GetProperty("completion_tokens").GetInt32());
        var asked = rig.Engines.SelectMany(engine => engine.Requests.Work).Select(request => request.Json()).Single(body => body.TryGetProperty("continue_final_message", out _));
        Assert.False(asked.GetProperty("add_generation_prompt").GetBoolean());
        Assert.Equal(38, asked.GetProperty("max_tokens").GetInt32());
        var last = asked.GetProperty("messages").EnumerateArray().Last();
        Assert.Equal(("assistant", " the long \"budget"), (last.GetProperty("role").GetString(), last.GetProperty("content").GetString()));
        await rig.Gateway.Log.WaitForAsync("/v1/chat/completions 200 Ok");
    }

    [Theory]
    [InlineData(",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]")]
    [InlineData(",\"logprobs\":true")]
    [InlineData(",\"n\":2")]
    [InlineData(",\"response_format\":{\"type\":\"json_object\"}")]
    [InlineData(",\"something_new\":1")]
    public async Task Stream_MayBeMoreThanPlainText_EndsWithAnError(string more)
    {
        await using var rig = await FaultRig.StartAsync(2, Continued);
        rig.First(1, Breaks(Said, "end"));
        var (text, cut) = await AskAsync(rig, more);

        Assert.False(cut);
        Assert.Contains("stream_interrupted", text, StringComparison.Ordinal);
        Assert.Equal(1, rig.Upstream);
    }

    [Fact]
    public async Task Stream_ReplicaRefusesToGoOn_EndsWithAnError()
    {
        await using var rig = await FaultRig.StartAsync(2, Continued);
        rig.Always(Replies.Status(400, """{"error":{"message":"no prefill","type":"BadRequestError","param":null,"code":400}}"""));
        rig.First(1, Breaks(Said, "end"));
        var (text, cut) = await AskAsync(rig, "");

        Assert.False(cut);
        Assert.Contains("stream_interrupted", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.Equal(2, rig.Upstream);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("unheard-of")]
    public async Task Stream_NextReplicaSendsWhatNobodyCanRead_EndsWithAnErrorAndLetsGoOfIt(string encoding)
    {
        await using var rig = await FaultRig.StartAsync(2, Continued);
        rig.Always(exchange =>
        {
            exchange.Context.Response.Headers.ContentEncoding = encoding;
            return Breaks(Said, "wait")(exchange);
        });
        rig.First(1, Breaks(Said, "end"));
        var (text, cut) = await AskAsync(rig, "");

        Assert.False(cut);
        Assert.Contains("stream_interrupted", text, StringComparison.Ordinal);
        var next = rig.Engines.SelectMany(engine => engine.Requests.Work).Single(request => request.Json().TryGetProperty("continue_final_message", out _));
        await next.Aborted.WaitAsync(Wait.Deadline);
    }

    [RealEngineFact]
    public async Task Stream_ContinuedByARealEngine_SaysWhatItWouldHaveSaidAlone()
    {
        using var server = await LlamaServer.StartAsync("-a", "tiny", "--api-key", RealGatewayFixture.EngineKey);
        await using var fake = await FakeEngine.StartAsync("llamacpp");
        using var folder = new TemporaryFolder();
        var file = folder.Write("gateway.yaml", $$$"""
            backends:
              - {name: a, kind: llamacpp, url: "{{{fake.BaseUrl}}}", resume: continue, models: {tiny: tiny} }
              - {name: b, kind: llamacpp, url: "{{{server.BaseUrl}}}", api_key: {{{RealGatewayFixture.EngineKey}}} }
            fallbacks: {tiny: [b]}
            """);
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["GATEWAY_CONFIG"] = file, ["GATEWAY_RETRIES"] = "2" });
        await gateway.WaitForModelsAsync();
        const string More = ",\"temperature\":0,\"seed\":7,\"max_tokens\":60";
        var whole = Content(Chunks(await TextAsync(gateway, More)));
        Assert.True(whole.Length > 20, whole);
        var pieces = whole.Split(' ', 4);
        fake.Script.Next(Breaks(string.Concat(pieces[1..3].Select(word => $"data: {{\"id\":\"first\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\" {word}\"}},\"finish_reason\":null}}]}}\n\n")), "end"));
        var continued = await TextAsync(gateway, More);

        Assert.Contains(": gateway resumed after 2 pieces of text on b", continued, StringComparison.Ordinal);
        Assert.Equal(whole, Content(Chunks(continued)));

        async Task<string> TextAsync(RunningGateway through, string more)
        {
            if (more.Length > 0 && fake.Requests.Work.Count == 0)
            {
                fake.Script.Next(Replies.Status(500, "{}"));
            }

            using var answer = await through.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat("tiny", stream: true, more)), HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return Encoding.UTF8.GetString((await Answers.ReadToEndAsync(answer)).Body);
        }
    }

    private static Reply Breaks(string stream, string fault) => async exchange =>
    {
        exchange.Head(200, "text/event-stream");
        await exchange.FlushAsync(Encoding.UTF8.GetBytes(stream));
        if (fault is "stall" or "wait")
        {
            await exchange.WaitForAbortAsync(fault == "stall" ? Wait.Deadline : Wait.Deadline * 10);
        }
        else if (fault == "cut")
        {
            await exchange.CutAsync(reset: false);
        }
    };

    private static async Task<(string Text, bool Cut)> AskAsync(FaultRig rig, string more)
    {
        using var answer = await rig.Gateway.Client.SendAsync(
            SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(rig.Engines[0].Model, stream: true, more)), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var (body, cut) = await Answers.ReadToEndAsync(answer);
        return (Encoding.UTF8.GetString(body), cut);
    }

    private static JsonElement[] Chunks(string stream) =>
        [.. Answers.Data(Encoding.UTF8.GetBytes(stream)).Where(data => data != "[DONE]").Select(data => JsonSerializer.Deserialize<JsonElement>(data))];

    private static string Content(JsonElement[] chunks) => string.Concat(
        chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
            .Select(choice => choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : ""));
}
