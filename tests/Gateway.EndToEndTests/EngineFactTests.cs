using System.Net;
using System.Text;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>What real engines were seen to do where it matters that the gateway does not trip over it, or does not let it through.</summary>
public sealed class EngineFactTests(EnginePool engines) : IClassFixture<EnginePool>
{
    // Routes that vLLM 0.32.0 and SGLang 0.5.23 have beside OpenAI's. They steer the engine, or run it past every rule of the gateway.
    [Theory]
    [InlineData("vllm", "POST", "/inference/v1/generate")]
    [InlineData("vllm", "POST", "/v1/systemone")]
    [InlineData("vllm", "GET", "/kv_event_sources")]
    [InlineData("vllm", "POST", "/v1/chat/completions/batch")]
    [InlineData("vllm", "POST", "/generative_scoring")]
    [InlineData("vllm", "POST", "/scale_elastic_ep")]
    [InlineData("vllm", "POST", "/invocations")]
    [InlineData("vllm", "POST", "/pause")]
    [InlineData("vllm", "POST", "/v1/load_lora_adapter")]
    [InlineData("sglang", "POST", "/generate")]
    [InlineData("sglang", "POST", "/generate_stream")]
    [InlineData("sglang", "POST", "/invocations")]
    [InlineData("sglang", "POST", "/abort_request")]
    [InlineData("sglang", "GET", "/get_load")]
    [InlineData("sglang", "POST", "/api/chat")]
    [InlineData("sglang", "GET", "/v1/loads")]
    public async Task Route_OfTheEngineAlone_ReachesItFromNoClient(string engine, string method, string path)
    {
        var environment = await engines.ForAsync(engine);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = method == "POST" ? SampleRequest.Json(SampleRequest.Chat(environment.Engine.Model)) : null;

        using var answer = await environment.Client.SendAsync(request);

        Assert.Contains((int)answer.StatusCode, new[] { 404, 501 });
        Assert.Equal("gateway", Answers.Source(answer));
        Assert.DoesNotContain(environment.Engine.Requests.All, received => received.Path == path);
    }

    // Ollama answers an empty 403 to the Origin of another site, vLLM none of its preflights.
    [Theory]
    [InlineData("ollama")]
    [InlineData("vllm")]
    public async Task Request_OfAPageOnAnotherSite_IsTheGatewaysOwnToTheEngine(string engine)
    {
        var environment = await engines.ForAsync(engine);
        var request = SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model);
        request.Headers.TryAddWithoutValidation("Origin", "https://other.example");

        using var answer = await environment.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var received = Assert.Single(environment.Engine.Requests.Work);
        Assert.Null(received.Header("Origin"));
        Assert.Equal(environment.Engine.BaseUrl.Authority, received.Header("Host"));
    }

    // An empty 403 of Ollama is about a name or a site. It knows no keys, so nothing is said of one, and the next try would end alike.
    [Fact]
    public async Task Answer_OllamaRefusesTheHost_SpeaksOfNoKey()
    {
        var environment = await engines.ForAsync("ollama");
        environment.Engine.Script.Always(Replies.Error("captured_chat_origin_foreign"));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model));

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.DoesNotContain("key", Answers.Text(await Answers.ErrorAsync(answer), "message")!, StringComparison.OrdinalIgnoreCase);
        Assert.Single(environment.Engine.Requests.Work);
    }

    // Ollama, vLLM and SGLang answer 307 to a path with one slash too many, and 404 to one in the middle.
    [Theory]
    [InlineData("ollama", "/")]
    [InlineData("ollama", "/v1/")]
    [InlineData("vllm", "/v1/")]
    [InlineData("sglang", "/v1//")]
    public async Task BaseUrl_EndsWithASlash_IsThePathThatTheEngineKnows(string engine, string path)
    {
        await using var fake = await FakeEngine.StartAsync(engine, TestEnvironment.EngineKey);
        var settings = TestEnvironment.Settings(engine, fake.BaseUrl, ("BACKEND_BASE_URL", fake.BaseUrl.GetLeftPart(UriPartial.Authority) + path));
        await using var gateway = await RunningGateway.StartAsync(settings);
        await gateway.WaitForModelsAsync();

        using var answer = await gateway.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, fake.Model));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("/v1/chat/completions", Assert.Single(fake.Requests.Work).Path);
        Assert.DoesNotContain(fake.Requests.All, received => received.Path.Contains("//", StringComparison.Ordinal));
    }

    // What the engine takes, or says of it, is its own affair: Ollama's efforts, and messages that vLLM merges by itself.
    [Theory]
    [InlineData("ollama", "/v1/chat/completions", "\"reasoning_effort\":\"ultra\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]")]
    [InlineData("ollama", "/v1/chat/completions", "\"max_tokens\":0,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]")]
    [InlineData("vllm", "/v1/messages", "\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"Say hello\"},{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"hi\"}]")]
    public async Task Request_OnlyTheEngineCanJudgeIt_ReachesItByteForByte(string engine, string path, string members)
    {
        var environment = await engines.ForAsync(engine);
        var body = $"{{\"model\":\"{environment.Engine.Model}\",{members}}}";

        using var answer = await environment.Client.SendAsync(SampleRequest.Post(path, body));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(body, Encoding.UTF8.GetString(Assert.Single(environment.Engine.Requests.Work).Body));
    }
}
