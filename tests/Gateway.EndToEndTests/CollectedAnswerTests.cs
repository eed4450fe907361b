using System.Net;
using System.Text.Json;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>Plain requests that the engine is asked to stream: the caller sees one piece, and every deadline and retry holds for it.</summary>
public sealed class CollectedAnswerTests
{
    private const string Engine = "llamacpp";
    private static readonly (string, string) Auto = ("GATEWAY_STREAM_PLAIN", "auto");

    [Theory]
    [InlineData(EndpointId.ChatCompletions)]
    [InlineData(EndpointId.Completions)]
    public async Task Plain_AskedAsStream_IsOnePieceWithItsUsage(object endpoint)
    {
        await using var environment = await TestEnvironment.StartAsync(Engine, Auto);

        using var answer = await environment.Client.SendAsync(SampleRequest.To((EndpointId)endpoint, environment.Engine.Model));
        var json = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.False(answer.Headers.Contains("X-Accel-Buffering"));
        Assert.NotEqual("chat.completion.chunk", json.GetProperty("object").GetString());
        Assert.True(json.GetProperty("usage").GetProperty("completion_tokens").GetInt32() > 0);
        Assert.NotEqual(JsonValueKind.Null, json.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind);
        var sent = Assert.Single(environment.Engine.Requests.Work).Json();
        Assert.True(sent.GetProperty("stream").GetBoolean());
        Assert.True(sent.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        var line = await environment.Gateway.Log.WaitForAsync("completions 200 Ok");
        Assert.Contains($"out={json.GetProperty("usage").GetProperty("completion_tokens").GetInt32()} ", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vllm", "auto", false)]
    [InlineData("vllm", "on", true)]
    [InlineData(Engine, "off", false)]
    public async Task Plain_ByProfileAndSetting_IsOrIsNotAskedAsStream(string engine, string setting, bool streams)
    {
        await using var environment = await TestEnvironment.StartAsync(engine, ("GATEWAY_STREAM_PLAIN", setting));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(streams, Assert.Single(environment.Engine.Requests.Work).Json().TryGetProperty("stream", out _));
        Assert.Contains("\"message\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut 3 reset", 502, "upstream_error")]
    [InlineData("end 3", 502, "upstream_error")]
    [InlineData("stall 3", 504, "upstream_timeout")]
    [InlineData("stall after-headers", 504, "first_token_timeout")]
    public async Task Plain_StreamFailsHalfWay_IsAnOrdinaryError(string fault, int status, string code)
    {
        await using var environment = await TestEnvironment.StartAsync(
            Engine, Auto, ("GATEWAY_IDLE_TIMEOUT_SECONDS", "0.3"), ("GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS", "0.3"));
        environment.Engine.Script.Always(Scenario.Parse(fault));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model));

        await Answers.AssertGatewayErrorAsync(answer, status, code);
    }

    [Fact]
    public async Task Plain_StreamIsCutHalfWay_IsTriedAgainUnseen()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine, Auto, ("GATEWAY_RETRIES", "1"));
        environment.Engine.Script.Next(Replies.CutAfterFrames(3, reset: true));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("2", answer.Headers.GetValues("x-gateway-attempts").Single());
        Assert.Equal(2, environment.Engine.Requests.Work.Count);
    }

    [Fact]
    public async Task Plain_CallerLeavesWhileTokensCome_EndsTheEnginesWork()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine, Auto);
        environment.Engine.Script.Next(Replies.StallAfterFrames(3));
        using var left = new CancellationTokenSource();
        var answer = environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model), left.Token);
        var received = await environment.WorkAsync();
        await received.Begun.WaitAsync(Wait.Deadline);
        Assert.False(received.Aborted.IsCompleted);

        await left.CancelAsync();

        await received.Aborted.WaitAsync(Wait.Deadline);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Theory]
    [InlineData(",\"stream_options\":{\"include_usage\":true}")]
    [InlineData(",\"stream\":\"yes\"")]
    public async Task Plain_BodySaysSomethingElseOfStreams_PassesAsItIs(string more)
    {
        await using var environment = await TestEnvironment.StartAsync(Engine, Auto);
        var body = SampleRequest.Chat(environment.Engine.Model, more: more);

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", body));

        Assert.Equal(body, Assert.Single(environment.Engine.Requests.Work).Text);
    }
}
