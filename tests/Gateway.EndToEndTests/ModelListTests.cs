using System.Net;
using System.Net.Http.Json;
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
