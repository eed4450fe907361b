using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>What engines say of themselves beside their answers: asleep, paused, on the way out, unable to run one model.</summary>
public sealed class EngineWordTests
{
    private const string Asleep = "vllm:engine_sleep_state{engine=\"0\",sleep_state=\"awake\"} 0.0\nvllm:engine_sleep_state{engine=\"0\",sleep_state=\"weights_offloaded\"} 1.0\n";
    private const string Awake = "vllm:engine_sleep_state{engine=\"0\",sleep_state=\"awake\"} 1.0\nvllm:engine_sleep_state{engine=\"0\",sleep_state=\"weights_offloaded\"} 0.0\n";

    public static TheoryData<string> Kinds => [.. EngineCatalog.All.Where(profile => profile.Health.Rules.Contains(HealthProbe.Ok)).Select(profile => profile.Id)];

    [Theory]
    [InlineData("/metrics", Asleep, Awake)]
    [InlineData("/is_paused", """{"is_paused":true}""", """{"is_paused":false}""")]
    public async Task Ready_EngineSleepsOrIsPaused_SaysSoAndSendsNothing(string path, string away, string back)
    {
        await using var fake = await FakeEngine.StartAsync("vllm", TestEnvironment.EngineKey);
        fake.ProbeAnswers["/metrics"] = Text(200, Awake);
        fake.ProbeAnswers[path] = Text(200, away);
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("vllm", fake.BaseUrl));

        await gateway.WaitForStateAsync("asleep");
        using (var ready = await gateway.Anonymous.GetAsync("/ready"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        }

        using (var refused = await gateway.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, fake.Model)))
        {
            Assert.Contains("asleep", await Answers.AssertGatewayErrorAsync(refused, 503, "engine_unavailable"), StringComparison.Ordinal);
        }

        Assert.Empty(fake.Requests.Work);
        fake.ProbeAnswers[path] = Text(200, back);
        await gateway.WaitForStateAsync("ready");
        using var answer = await gateway.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, fake.Model));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    // What a body says beside 200 is no reason to lose the models of an engine that answers.
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Ready_HealthHasABodyOfItsOwn_IsReadyAndListsItsModels(string engine)
    {
        await using var fake = await FakeEngine.StartAsync(engine, TestEnvironment.EngineKey);
        fake.HealthAnswer = Text(200, """{"status":"healthy","uptime":7}""");
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings(engine, fake.BaseUrl));

        await gateway.WaitForStateAsync("ready");
        using var answer = await gateway.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, fake.Model));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    // SIGTERM: /ready is 503; the model list and running requests go on.
    [Fact]
    public async Task Ready_EngineIsToldToStop_IsTakenOutAndItsRequestsFinish()
    {
        const string Ready = "/ready";
        await using var engine = await FakeEngine.StartAsync("sglang", TestEnvironment.EngineKey);
        engine.ProbeAnswers[Ready] = Text(200, "");
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("sglang", engine.BaseUrl));
        await gateway.WaitForStateAsync("ready");
        var stopping = new TaskCompletionSource();
        engine.Script.Next(Replies.Gated(stopping.Task, Replies.Default));
        var running = gateway.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, engine.Model));
        await engine.Requests.WaitForWorkAsync(Wait.Deadline);

        engine.ProbeAnswers[Ready] = Text(503, "");
        await gateway.WaitForStateAsync("draining");
        using (var refused = await gateway.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, engine.Model)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        stopping.SetResult();
        using var answer = await running;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(engine.Requests.Work);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_CommandOfTheModelEnds_IsAskedForOnce(bool stream)
    {
        await using var environment = await TestEnvironment.StartAsync("llamaswap");
        environment.Engine.Script.Always(Replies.Error("captured_chat_broken"));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model, stream));

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("model_not_started", Answers.Text(await Answers.ErrorAsync(answer), "code"));
        Assert.Single(environment.Engine.Requests.Work);
    }

    [Fact]
    public async Task List_ModelHasAliases_HasThemBesideItAndServesThem()
    {
        await using var engine = await FakeEngine.StartAsync("llamaswap", TestEnvironment.EngineKey);
        engine.ProbeAnswers["/v1/models"] = Text(200, Encoding.UTF8.GetString(engine.Dialect.Fixtures.Get("models-aliases.json")));
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("llamaswap", engine.BaseUrl));
        await gateway.WaitForStateAsync("ready");

        Assert.Equal(["tiny", "gpt-small", "emb", "broken"], await gateway.ModelsAsync());
        using var answer = await gateway.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, "gpt-small"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("ollama", "captured_chat_image")]
    [InlineData("ollama", "captured_chat_input_audio")]
    [InlineData("ollama", "captured_messages_image")]
    [InlineData("ollama", "captured_audio_transcriptions")]
    [InlineData("ollama", "captured_embeddings_chat_model")]
    [InlineData("vllm", "captured_embeddings_on_chat_model")]
    [InlineData("sglang", "captured_embeddings")]
    [InlineData("llamacpp", "captured_chat_image_url_remote")]
    public async Task Answer_FaultIsTheCallers_IsAskedForOnce(string engine, string name)
    {
        await using var environment = await TestEnvironment.StartAsync(engine);
        var error = environment.Engine.Dialect.Fixtures.Error(name);
        environment.Engine.Script.Always(Replies.Error(name));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointCatalog.All.Single(spec => spec.Route == error.Endpoint), environment.Engine.Model));

        Assert.Equal(error.Expect.Status, (int)answer.StatusCode);
        Assert.Single(environment.Engine.Requests.Work);
    }

    // Its answer brings none.
    [Fact]
    public async Task Answer_QueueOfTheEngineIsFull_SaysWhenToTryAgain()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm", ("GATEWAY_RETRIES", "0"));
        environment.Engine.Script.Always(Replies.Error("queue_full"));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("overloaded", Answers.Text(await Answers.ErrorAsync(answer), "code"));
        Assert.InRange(answer.Headers.RetryAfter?.Delta ?? TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(59));
    }

    // Editors and shells of Windows put it before JSON.
    [Fact]
    public async Task Request_BeginsWithAByteOrderMark_IsReadWithoutIt()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm");
        var body = $$"""{"model":"{{environment.Engine.Model}}","messages":[{"role":"user","content":"Hi"}]}""";

        using var answer = await environment.Client.PostAsync("/v1/chat/completions", SampleRequest.Json("\uFEFF" + body));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(body, Encoding.UTF8.GetString(Assert.Single(environment.Engine.Requests.Work).Body));
    }

    private static AnswerCase Text(int status, string body) => new() { Status = status, ContentType = "text/plain", Body = JsonSerializer.SerializeToElement(body) };
}
