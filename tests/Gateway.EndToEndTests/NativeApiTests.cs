using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>Clients of Ollama's own API see the models here, and are told what to use for everything else. Nothing of it reaches an engine.</summary>
public sealed class NativeApiTests(EnginePool engines) : IClassFixture<EnginePool>
{
    private static readonly string[] DetailMembers = ["parent_model", "format", "family", "families", "parameter_size", "quantization_level"];

    public static TheoryData<string, string> Closed => new()
    {
        { "POST", "/api/chat" }, { "POST", "/api/generate" }, { "POST", "/api/embed" }, { "POST", "/api/embeddings" }, { "POST", "/api/pull" }, { "POST", "/api/push" },
        { "POST", "/api/create" }, { "DELETE", "/api/delete" }, { "POST", "/api/copy" }, { "POST", "/api/blobs/sha256:00" }, { "POST", "/api/me" }, { "POST", "/api/signout" },
        { "GET", "/api/status" }, { "GET", "/api/chat" }, { "GET", "/api/experimental/anything" },
    };

    [Theory]
    [InlineData("vllm")]
    [InlineData("ollama")]
    public async Task Tags_EveryModel_HasTheMembersThatClientsRead(string engine)
    {
        var environment = await engines.ForAsync(engine);
        var names = await environment.Gateway.ModelsAsync();

        var models = (await environment.Client.GetFromJsonAsync<JsonElement>("/api/tags")).GetProperty("models").EnumerateArray().ToArray();

        Assert.Equal(names, models.Select(model => model.GetProperty("name").GetString()));
        Assert.All(models, model =>
        {
            Assert.Equal(model.GetProperty("name").GetString(), model.GetProperty("model").GetString());
            Assert.Equal(64, model.GetProperty("digest").GetString()!.Length);
            Assert.Equal(0, model.GetProperty("size").GetInt64());
            Assert.True(model.GetProperty("modified_at").GetDateTimeOffset().Year > 2000);
            Assert.Equal(DetailMembers, model.GetProperty("details").EnumerateObject().Select(member => member.Name));
        });
    }

    [Fact]
    public async Task Ps_EngineIsReady_ListsItsModelsAsStaying()
    {
        var environment = await engines.ForAsync("vllm");
        await environment.Gateway.WaitForStateAsync("ready");

        var models = (await environment.Client.GetFromJsonAsync<JsonElement>("/api/ps")).GetProperty("models").EnumerateArray().ToArray();

        Assert.Equal(await environment.Gateway.ModelsAsync(), models.Select(model => model.GetProperty("name").GetString()));
        Assert.All(models, model => Assert.Equal(9999, model.GetProperty("expires_at").GetDateTimeOffset().Year));
    }

    [Fact]
    public async Task Ps_EngineIsAway_ListsNothingAndTagsKeepIt()
    {
        var fake = await FakeEngine.StartAsync("openai", TestEnvironment.EngineKey);
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("openai", fake.BaseUrl));
        await gateway.WaitForModelsAsync();
        await fake.DisposeAsync();
        await gateway.WaitForStateAsync("unreachable");

        Assert.Empty((await gateway.Client.GetFromJsonAsync<JsonElement>("/api/ps")).GetProperty("models").EnumerateArray());
        Assert.NotEmpty((await gateway.Client.GetFromJsonAsync<JsonElement>("/api/tags")).GetProperty("models").EnumerateArray());
    }

    [Theory]
    [InlineData("model")]
    [InlineData("name")]
    public async Task Show_KnownModel_IsDescribedWithoutAskingTheEngine(string member)
    {
        var environment = await engines.ForAsync("vllm");
        environment.Engine.Requests.Clear();

        using var answer = await PostAsync(environment.Client, $$"""{"{{member}}":"{{environment.Engine.Model}}","verbose":false}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var shown = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(DetailMembers, shown.GetProperty("details").EnumerateObject().Select(detail => detail.Name));
        // The command line reads it without asking whether it is there.
        Assert.Equal(JsonValueKind.String, shown.GetProperty("model_info").GetProperty("general.architecture").ValueKind);
        Assert.Equal(JsonValueKind.Array, shown.GetProperty("capabilities").ValueKind);
        Assert.Empty(environment.Engine.Requests.Work);
    }

    [Fact]
    public async Task Show_OtherSpellingThatTheEngineTakes_IsFound()
    {
        var environment = await engines.ForAsync("ollama");

        using var answer = await PostAsync(environment.Client, $$"""{"model":"{{environment.Engine.Model.ToUpperInvariant()}}"}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("""{"model":"nope"}""", 404, "model 'nope' not found")]
    [InlineData("{}", 400, "model is required")]
    [InlineData("""{"model":""}""", 400, "model is required")]
    [InlineData("""{"model":7}""", 400, "model is required")]
    [InlineData("""{"model":"\ud800"}""", 400, "model is required")]
    [InlineData("{", 400, "not valid JSON")]
    [InlineData("", 400, "empty")]
    public async Task Show_CannotBeAnswered_SaysSoInTheApisShape(string body, int status, string message)
    {
        var environment = await engines.ForAsync("vllm");

        using var answer = await PostAsync(environment.Client, body);

        Assert.Contains(message, await AssertErrorAsync(answer, status), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_BodyBeyondReason_Is413()
    {
        var environment = await engines.ForAsync("vllm");

        using var answer = await PostAsync(environment.Client, $$"""{"model":"{{new string('m', 70_000)}}"}""");

        await AssertErrorAsync(answer, 413);
    }

    [Theory]
    [MemberData(nameof(Closed))]
    public async Task Route_IsNotServed_Is501ThatSaysWhatIs(string method, string path)
    {
        var environment = await engines.ForAsync("ollama");
        environment.Engine.Requests.Clear();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
        {
            request.Content = JsonContent.Create(new { model = environment.Engine.Model });
        }

        using var answer = await environment.Client.SendAsync(request);

        Assert.Contains("/v1", await AssertErrorAsync(answer, 501), StringComparison.Ordinal);
        Assert.Equal("false", Assert.Single(answer.Headers.GetValues("x-should-retry")));
        Assert.Empty(environment.Engine.Requests.Work);
    }

    [Theory]
    [InlineData("GET", "/api/tags")]
    [InlineData("GET", "/api/ps")]
    [InlineData("GET", "/api/version")]
    [InlineData("POST", "/api/show")]
    [InlineData("POST", "/api/chat")]
    public async Task Route_NoKey_Is401(string method, string path)
    {
        var environment = await engines.ForAsync("vllm");
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await environment.Gateway.Anonymous.SendAsync(request);

        await AssertErrorAsync(answer, 401);
    }

    [Theory]
    [InlineData("POST", "/api/tags", "GET, HEAD")]
    [InlineData("GET", "/api/show", "POST")]
    public async Task Route_OtherMethod_Is405(string method, string path, string allowed)
    {
        var environment = await engines.ForAsync("vllm");
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await environment.Client.SendAsync(request);

        await AssertErrorAsync(answer, 405);
        Assert.Equal(allowed, string.Join(", ", answer.Content.Headers.Allow));
    }

    [Theory]
    [InlineData("/api/nothing")]
    [InlineData("/api/chat/")]
    [InlineData("/api/nodes")]
    public async Task Path_OfNoApi_StaysUnknown(string path)
    {
        var environment = await engines.ForAsync("vllm");

        using var answer = await environment.Client.GetAsync(path);

        await Answers.AssertGatewayErrorAsync(answer, 404, "not_found");
    }

    [Fact]
    public async Task Version_IsOneThatClientsCanCompare()
    {
        var environment = await engines.ForAsync("vllm");

        var version = (await environment.Client.GetFromJsonAsync<JsonElement>("/api/version")).GetProperty("version").GetString();

        Assert.Equal(3, version!.Split('.').Count(part => int.TryParse(part, out _)));
    }

    [Theory]
    [InlineData("GET", "/", true)]
    [InlineData("HEAD", "/", false)]
    [InlineData("HEAD", "/api/tags", false)]
    public async Task Program_LooksWhetherAnythingIsHere_IsAnswered(string method, string path, bool body)
    {
        var environment = await engines.ForAsync("vllm");
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await (path == "/" ? environment.Gateway.Anonymous : environment.Client).SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(path == "/" ? "text/plain" : "application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(body, (await answer.Content.ReadAsStringAsync()).Length > 0);
    }

    [Fact]
    public async Task Names_KeyMayUseSome_OnlyTheseAreShown()
    {
        await using var fake = await FakeEngine.StartAsync("openai", TestEnvironment.EngineKey);
        using var folder = new TemporaryFolder();
        var file = folder.Write("gateway.yaml", $"backends:\n  - {{name: x, kind: openai, url: \"{fake.BaseUrl}\", models: {{house: {fake.Model}}}}}\nkeys:\n  - {{name: few, key: few-key-5c2e, models: [house]}}\n");
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["GATEWAY_CONFIG"] = file, ["API_KEYS"] = "" });
        using var client = gateway.NewClient("few-key-5c2e");

        var tags = (await client.GetFromJsonAsync<JsonElement>("/api/tags")).GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString());
        using var own = await PostAsync(client, """{"model":"house"}""");
        using var other = await PostAsync(client, $$"""{"model":"{{fake.Model}}"}""");

        Assert.Equal(["house"], tags);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        await AssertErrorAsync(other, 404);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string body) =>
        client.SendAsync(SampleRequest.Post("/api/show", body));

    // The whole body is the one member, and that is a text.
    private static async Task<string> AssertErrorAsync(HttpResponseMessage answer, int status)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        var member = Assert.Single((await answer.Content.ReadFromJsonAsync<JsonElement>()).EnumerateObject());
        Assert.Equal("error", member.Name);
        return member.Value.GetString()!;
    }
}
