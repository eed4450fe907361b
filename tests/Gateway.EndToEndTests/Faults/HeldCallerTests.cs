using System.Net;
using Gateway.Engines;
using Gateway.Fakes;
using Gateway.Proxy.Health;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.EndToEndTests.Faults;

/// <summary>Streaming callers who have to wait are sent comments: nothing in between takes them for dead, and nothing is lost by it.</summary>
public sealed class HeldCallerTests
{
    private static readonly (string, string)[] Patient = [("GATEWAY_LOADING_WAIT_SECONDS", "20"), ("GATEWAY_HOLD_COMMENT_SECONDS", "0.1")];

    [Theory]
    [InlineData("/v1/chat/completions", "\n\ndata: [DONE]")]
    [InlineData("/v1/responses", "response.completed")]
    [InlineData("/v1/messages", "message_stop")]
    public async Task Stream_EngineLoadsAWhile_GetsCommentsAndThenItsAnswer(string path, string end)
    {
        await using var environment = await LoadingEngine.StartAsync(Patient);

        using var answer = await environment.Client.SendAsync(Streamed(path, environment.Engine.Model), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(": waiting for the engine to load", await reader.ReadLineAsync());
            Assert.Equal("", await reader.ReadLineAsync());
        }

        Assert.Empty(environment.Engine.Requests.Work);
        environment.Engine.State = EngineState.Ready;
        var rest = await reader.ReadToEndAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains(end, rest, StringComparison.Ordinal);
        Assert.Single(environment.Engine.Requests.Work);
        await environment.Gateway.Log.WaitForAsync($"{path} 200 Ok");
    }

    [Fact]
    public async Task Stream_EngineLoadsForEver_IsToldInBand()
    {
        await using var environment = await LoadingEngine.StartAsync([("GATEWAY_LOADING_WAIT_SECONDS", "0.6"), ("GATEWAY_HOLD_COMMENT_SECONDS", "0.1")]);

        using var answer = await environment.Client.SendAsync(Streamed("/v1/chat/completions", environment.Engine.Model), HttpCompletionOption.ResponseHeadersRead);
        var (body, cut) = await Answers.ReadToEndAsync(answer);
        var text = System.Text.Encoding.UTF8.GetString(body);

        Assert.StartsWith(": waiting", text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"engine_loading\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.False(cut);
        Assert.Empty(environment.Engine.Requests.Work);
    }

    [Fact]
    public async Task Plain_EngineLoadsForEver_KeepsItsStatus()
    {
        await using var environment = await LoadingEngine.StartAsync([("GATEWAY_LOADING_WAIT_SECONDS", "0.6"), ("GATEWAY_HOLD_COMMENT_SECONDS", "0.1")]);

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model)));

        await Answers.AssertGatewayErrorAsync(answer, 503, "engine_loading");
    }

    [Fact]
    public async Task Stream_WaitIsShorterThanTheInterval_KeepsItsStatusAndHeaders()
    {
        await using var environment = await LoadingEngine.StartAsync(("GATEWAY_LOADING_WAIT_SECONDS", "0.3"), ("GATEWAY_HOLD_COMMENT_SECONDS", "10"));

        using var answer = await environment.Client.SendAsync(Streamed("/v1/chat/completions", environment.Engine.Model), HttpCompletionOption.ResponseHeadersRead);

        await Answers.AssertGatewayErrorAsync(answer, 503, "engine_loading");
    }

    [Theory]
    [InlineData("cut reset")]
    [InlineData("status 500")]
    [InlineData("status 503")]
    [InlineData("end 0")]
    public async Task Stream_FirstAttemptFailsAfterComments_IsTriedAgainUnseen(string fault)
    {
        await using var environment = await LoadingEngine.StartAsync([.. Patient, ("GATEWAY_RETRIES", "2")]);
        environment.Engine.Script.Next(Scenario.Parse(fault));

        using var answer = await environment.Client.SendAsync(Streamed("/v1/chat/completions", environment.Engine.Model), HttpCompletionOption.ResponseHeadersRead);
        environment.Engine.State = EngineState.Ready;
        var (body, cut) = await Answers.ReadToEndAsync(answer);

        Assert.False(cut);
        Assert.EndsWith("data: [DONE]\n\n", System.Text.Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.Equal(2, environment.Engine.Requests.Work.Count);
    }

    [Fact]
    public async Task Request_EngineBeginsToLoadJustBefore_IsHeldUntilItHas()
    {
        await using var environment = await TestEnvironment.StartAsync("llamacpp", [.. Patient, ("GATEWAY_RETRIES", "2")]);
        environment.Engine.State = EngineState.Loading;
        environment.Engine.Script.Always(Replies.Status(503, """{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"""));

        var asked = environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model)));
        await environment.Gateway.WaitForStateAsync("loading");
        environment.Engine.Script.Clear();
        environment.Engine.State = EngineState.Ready;

        await AssertSecondAttemptAsync(await asked);
    }

    [Fact]
    public async Task Request_EngineStopsJustBefore_IsHeldUntilItIsBack()
    {
        await using var environment = await TestEnvironment.StartAsync("llamacpp", [.. Patient, ("GATEWAY_RETRIES", "2")]);
        await environment.Engine.StopAsync();

        var asked = environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model)));
        await environment.Gateway.WaitForStateAsync("unreachable");
        await environment.Engine.ResumeAsync();

        await AssertSecondAttemptAsync(await asked);
    }

    [Theory]
    [InlineData("error context_length", "context_length_exceeded")]
    [InlineData("html", "upstream_error")]
    [InlineData("end 2", "stream_interrupted")]
    public async Task Stream_EngineFailsAfterComments_IsToldInBand(string fault, string code)
    {
        await using var environment = await LoadingEngine.StartAsync(Patient);
        environment.Engine.Script.Always(Scenario.Parse(fault));

        using var answer = await environment.Client.SendAsync(Streamed("/v1/chat/completions", environment.Engine.Model), HttpCompletionOption.ResponseHeadersRead);
        environment.Engine.State = EngineState.Ready;
        var (body, cut) = await Answers.ReadToEndAsync(answer);

        Assert.Contains(code, System.Text.Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.False(cut);
    }

    [Fact]
    public async Task Stream_CallerLeavesWhileHeld_GivesItsPlaceBackAtOnce()
    {
        await using var environment = await LoadingEngine.StartAsync([.. Patient, ("GATEWAY_MAX_CONCURRENCY", "1")]);
        var answer = await environment.Client.SendAsync(Streamed("/v1/chat/completions", environment.Engine.Model), HttpCompletionOption.ResponseHeadersRead);
        using (var refused = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model))))
        {
            Assert.Contains("overloaded", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        answer.Dispose();

        await environment.Gateway.Log.WaitForAsync("/v1/chat/completions 499 Canceled");
        environment.Engine.State = EngineState.Ready;
        using var next = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model)));
        Assert.True(next.IsSuccessStatusCode, await next.Content.ReadAsStringAsync());
        Assert.Single(environment.Engine.Requests.Work);
    }

    [Fact]
    public async Task Stream_WaitsInTheQueue_GetsCommentsAndThenItsAnswer()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm", [.. Patient, ("GATEWAY_MAX_CONCURRENCY", "1"), ("GATEWAY_MAX_QUEUE", "1")]);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        environment.Engine.Script.Next(Replies.After(gate.Task));
        var first = environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model)));
        await environment.WorkAsync();

        using var second = await environment.Client.SendAsync(Streamed("/v1/chat/completions", environment.Engine.Model), HttpCompletionOption.ResponseHeadersRead);
        gate.SetResult();
        var (body, cut) = await Answers.ReadToEndAsync(second);
        using var finished = await first;

        Assert.StartsWith(": waiting in the queue\n\n", System.Text.Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", System.Text.Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.False(cut);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Caller_DrainTimeEndsWhileTheEngineLoads_IsTold(bool stream)
    {
        await using var environment = await LoadingEngine.StartAsync(("GATEWAY_LOADING_WAIT_SECONDS", "60"));
        var asked = environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model, stream)), HttpCompletionOption.ResponseHeadersRead);
        await EndAsync(environment.Gateway, running: 1);

        using var answer = await asked.WaitAsync(Wait.Deadline);
        Assert.Contains("shutting down", await Answers.AssertGatewayErrorAsync(answer, 503, "engine_unavailable"), StringComparison.Ordinal);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Stream_DrainTimeEndsAfterComments_IsToldInBand()
    {
        await using var environment = await LoadingEngine.StartAsync(("GATEWAY_LOADING_WAIT_SECONDS", "60"), ("GATEWAY_HOLD_COMMENT_SECONDS", "0.1"));
        using var answer = await environment.Client.SendAsync(Streamed("/v1/chat/completions", environment.Engine.Model), HttpCompletionOption.ResponseHeadersRead);
        await EndAsync(environment.Gateway, running: 1);

        var (body, cut) = await Answers.ReadToEndAsync(answer);
        var text = System.Text.Encoding.UTF8.GetString(body);

        Assert.False(cut);
        Assert.Contains("shutting down", text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"engine_unavailable\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    // The engine wants to be left alone for a while, and the gateway has no while left.
    [Fact]
    public async Task Caller_DrainTimeEndsInThePauseBeforeAnotherAttempt_IsTold()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm", ("GATEWAY_RETRIES", "2"));
        environment.Engine.Script.Always(Replies.Header("Retry-After", "5", Replies.Status(503, "{}")));
        var asked = environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model)));
        await environment.WorkAsync();
        await EndAsync(environment.Gateway, running: 1);

        using var answer = await asked.WaitAsync(Wait.Deadline);
        Assert.Contains("shutting down", await Answers.AssertGatewayErrorAsync(answer, 503, "engine_unavailable"), StringComparison.Ordinal);
        Assert.Single(environment.Engine.Requests.Work);
    }

    private static async Task EndAsync(RunningGateway gateway, int running)
    {
        var lifecycle = gateway.Services.GetRequiredService<Lifecycle>();
        await Wait.UntilAsync(() => lifecycle.Running == running, "the caller to be held");
        lifecycle.BeginDrain();
        lifecycle.End();
    }

    private static async Task AssertSecondAttemptAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            Assert.Equal("2", Assert.Single(answer.Headers.GetValues("x-gateway-attempts")));
        }
    }

    private static HttpRequestMessage Streamed(string path, string model) => path switch
    {
        "/v1/responses" => SampleRequest.Post(path, $$"""{"model":"{{model}}","input":"hi","stream":true}"""),
        "/v1/messages" => SampleRequest.Post(path, $$"""{"model":"{{model}}","max_tokens":5,"messages":[{"role":"user","content":"hi"}],"stream":true}"""),
        _ => SampleRequest.Post(path, SampleRequest.Chat(model, stream: true)),
    };
}
