using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>Every engine's list comes out in one shape, from memory.</summary>
public sealed class ModelListTests(EnginePool engines) : IClassFixture<EnginePool>
{
    public static TheoryData<string> Engines => EngineRows.All;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task List_EveryEngine_HasOneShape(string engine)
    {
        var environment = await engines.ForAsync(engine);

        var list = await environment.Client.GetFromJsonAsync<JsonElement>("/v1/models");

        Assert.Equal("list", list.GetProperty("object").GetString());
        var expected = environment.Engine.Dialect.Fixtures.Models;
        var entries = list.GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal(expected.Select(model => model.Id), entries.Select(entry => entry.GetProperty("id").GetString()));
        Assert.All(expected.Zip(entries), pair => AssertEntry(pair.First, pair.Second));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Retrieve_EveryListedModel_IsFoundWithSlashesAsTheyAreOrEncoded(string engine)
    {
        var environment = await engines.ForAsync(engine);
        foreach (var model in environment.Engine.Dialect.Fixtures.Models)
        {
            AssertEntry(model, await environment.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model.Id}"));
            AssertEntry(model, await environment.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{Uri.EscapeDataString(model.Id)}"));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Retrieve_UnknownModel_Is404(string engine)
    {
        var environment = await engines.ForAsync(engine);

        using var answer = await environment.Client.GetAsync("/v1/models/no/such:model");

        await Answers.AssertGatewayErrorAsync(answer, 404, "model_not_found");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task List_AskedManyTimes_NeverReachesTheEngine(string engine)
    {
        var environment = await engines.ForAsync(engine);
        environment.Engine.Requests.Clear();

        for (var i = 0; i < 20; i++)
        {
            using var answer = await environment.Client.GetAsync("/v1/models");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        // The monitor may look at the engine's health meanwhile, and nothing but its list tells that of some.
        Assert.True(environment.Engine.Requests.All.Count <= 3);
    }

    [Fact]
    public async Task List_NamesWithAliases_AreListedBesideThem()
    {
        await using var fake = await FakeEngine.StartAsync("openai", TestEnvironment.EngineKey);
        var model = fake.Model;
        await using var gateway = await RunningGateway.StartAsync(
            TestEnvironment.Settings("openai", fake.BaseUrl, ("MODEL_ALIASES", $"house-model={model},house-*={model},nowhere=no-such-model")));
        await gateway.WaitForModelsAsync();

        var ids = await gateway.ModelsAsync();

        Assert.Contains(model, ids);
        Assert.Contains("house-model", ids);
        Assert.DoesNotContain("house-*", ids);
        Assert.DoesNotContain("nowhere", ids);
        using var one = await gateway.Client.GetAsync("/v1/models/house-model");
        Assert.Equal(HttpStatusCode.OK, one.StatusCode);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("html")]
    [InlineData("empty")]
    public async Task List_EngineCannotList_IsEmptyAndNoError(string answer)
    {
        await using var engine = RawEngine.Start("ollama");
        engine.Models = answer switch
        {
            "error" => RawAnswer.Sound(500, "application/json", "{\"error\":\"broken\"}"u8.ToArray()),
            "html" => RawAnswer.Sound(200, "text/html", "<html></html>"u8.ToArray()),
            _ => RawAnswer.Sound(200, "application/json", "{\"object\":\"list\",\"data\":null}"u8.ToArray()),
        };
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("ollama", engine.BaseUrl));
        await gateway.WaitForStateAsync("ready");

        Assert.Empty(await gateway.ModelsAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task List_AnthropicClient_GetsItsShape(string engine)
    {
        var environment = await engines.ForAsync(engine);

        var list = await AnthropicAsync(environment.Client, "/v1/models", 200);

        var expected = environment.Engine.Dialect.Fixtures.Models;
        Assert.Equal(expected.Select(model => model.Id), Ids(list));
        Assert.All(expected.Zip(list.GetProperty("data").EnumerateArray()), pair => AssertAnthropicEntry(pair.First, pair.Second));
        Assert.False(list.GetProperty("has_more").GetBoolean());
        Assert.Equal(expected.Select(model => model.Id).FirstOrDefault(), list.GetProperty("first_id").GetString());
        Assert.Equal(expected.Select(model => model.Id).LastOrDefault(), list.GetProperty("last_id").GetString());
        Assert.False(list.TryGetProperty("object", out _));
        foreach (var model in expected)
        {
            AssertAnthropicEntry(model, await AnthropicAsync(environment.Client, $"/v1/models/{Uri.EscapeDataString(model.Id)}", 200));
        }
    }

    [Theory]
    [InlineData("", "a b c d e", false)]
    [InlineData("?limit=2", "a b", true)]
    [InlineData("?limit=5", "a b c d e", false)]
    [InlineData("?limit=2&after_id=b", "c d", true)]
    [InlineData("?limit=2&after_id=c", "d e", false)]
    [InlineData("?after_id=e", "", false)]
    [InlineData("?limit=2&before_id=d", "b c", true)]
    [InlineData("?limit=2&before_id=c", "a b", false)]
    [InlineData("?before_id=a", "", false)]
    public async Task List_AnthropicClientAsksForAPage_GetsIt(string query, string ids, bool more)
    {
        await using var engine = RawEngine.Start("openai");
        engine.Models = RawAnswer.Sound(200, "application/json", Encoding.UTF8.GetBytes(
            $$"""{"object":"list","data":[{{string.Join(',', "abcde".Select(id => $$"""{"id":"{{id}}","object":"model","created":1700000000,"owned_by":"x"}"""))}}]}"""));
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("openai", engine.BaseUrl));
        await gateway.WaitForModelsAsync();

        var page = await AnthropicAsync(gateway.Client, $"/v1/models{query}", 200);

        var expected = ids.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, Ids(page));
        Assert.Equal(more, page.GetProperty("has_more").GetBoolean());
        Assert.Equal(expected.FirstOrDefault(), page.GetProperty("first_id").GetString());
        Assert.Equal(expected.LastOrDefault(), page.GetProperty("last_id").GetString());
    }

    [Theory]
    [InlineData("/v1/models?limit=0", 400, "invalid_request_error", "limit is '0'")]
    [InlineData("/v1/models?limit=1001", 400, "invalid_request_error", "limit is '1001'")]
    [InlineData("/v1/models?limit=ten", 400, "invalid_request_error", "limit is 'ten'")]
    [InlineData("/v1/models?after_id=none", 400, "invalid_request_error", "after_id is 'none'")]
    [InlineData("/v1/models?after_id=x&before_id=x", 400, "invalid_request_error", "are both given")]
    [InlineData("/v1/models/no-such-model", 404, "not_found_error", "no-such-model")]
    public async Task Models_AnthropicClientErrs_GetsItsEnvelope(string path, int status, string type, string said)
    {
        var environment = await engines.ForAsync("openai");

        var answer = await AnthropicAsync(environment.Client, path, status);

        Assert.Equal("error", answer.GetProperty("type").GetString());
        Assert.Equal(type, answer.GetProperty("error").GetProperty("type").GetString());
        Assert.Contains(said, answer.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_AnthropicClientWithoutAKey_GetsItsEnvelope()
    {
        var environment = await engines.ForAsync("openai");

        var answer = await AnthropicAsync(environment.Gateway.Anonymous, "/v1/models", 401);

        Assert.Equal("authentication_error", answer.GetProperty("error").GetProperty("type").GetString());
    }

    private static async Task<JsonElement> AnthropicAsync(HttpClient client, string path, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("anthropic-version", "2023-06-01");
        using var answer = await client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static IEnumerable<string?> Ids(JsonElement list) => list.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("id").GetString());

    private static void AssertAnthropicEntry(ModelCase expected, JsonElement entry)
    {
        Assert.Equal("model", entry.GetProperty("type").GetString());
        Assert.Equal(expected.Id, entry.GetProperty("id").GetString());
        Assert.Equal(expected.Id, entry.GetProperty("display_name").GetString());
        var created = entry.GetProperty("created_at").GetDateTimeOffset();
        Assert.EndsWith("Z", entry.GetProperty("created_at").GetString(), StringComparison.Ordinal);
        Assert.True(expected.Created is null ? created.ToUnixTimeSeconds() > 1_600_000_000 : created.ToUnixTimeSeconds() == expected.Created);
        Assert.Equal(expected.MaxLength, entry.TryGetProperty("max_input_tokens", out var length) ? length.GetInt32() : null);
    }

    private static void AssertEntry(ModelCase expected, JsonElement entry)
    {
        Assert.Equal(expected.Id, entry.GetProperty("id").GetString());
        Assert.Equal("model", entry.GetProperty("object").GetString());
        Assert.Equal(expected.OwnedBy, entry.GetProperty("owned_by").GetString());
        var created = entry.GetProperty("created").GetInt64();
        Assert.True(expected.Created is null ? created > 1_600_000_000 : created == expected.Created);
        Assert.Equal(expected.MaxLength, entry.TryGetProperty("max_model_len", out var length) ? length.GetInt32() : null);
    }
}
