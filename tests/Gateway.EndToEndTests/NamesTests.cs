using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>A name that a request may use is a name that <c>/v1/models/{id}</c> knows, however it came to be.</summary>
public sealed class NamesTests
{
    [Theory]
    [InlineData("claude-*={0}", "claude-sonnet-4-5")]
    [InlineData("a=b,b={0}", "a")]
    [InlineData("a=b,b=c,c={0}", "a")]
    [InlineData("x=claude-y,claude-*={0}", "x")]
    [InlineData("a*=b-one,b-*={0}", "a-two")]
    public async Task Alias_OfTheVariable_IsServedAndKnown(string aliases, string name)
    {
        await using var engine = await FakeEngine.StartAsync("vllm");
        await using var gateway = await StartAsync(engine, ("MODEL_ALIASES", string.Format(System.Globalization.CultureInfo.InvariantCulture, aliases, engine.Model)));

        await AssertKnownAsync(gateway, name);
    }

    [Theory]
    [InlineData("aliases: {a: b, b: MODEL}", "", "a")]
    [InlineData("aliases: {b: MODEL}", "a=b", "a")]
    [InlineData("aliases: {a: b}", "b=MODEL", "a")]
    [InlineData("aliases: {a: own}", "", "a")]
    [InlineData("x-none: 1", "", "own-7")]
    public async Task Alias_OfTheFile_IsServedAndKnown(string more, string variable, string name)
    {
        await using var engine = await FakeEngine.StartAsync("vllm");
        using var folder = new TemporaryFolder();
        var file = folder.Write("gateway.yaml", $"backends:\n  - {{name: x, kind: vllm, url: \"{engine.BaseUrl}\", models: {{own: {engine.Model}, \"own-*\": {engine.Model}}}}}\n{more.Replace("MODEL", engine.Model, StringComparison.Ordinal)}\n");
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["GATEWAY_CONFIG"] = file, ["MODEL_ALIASES"] = variable.Replace("MODEL", engine.Model, StringComparison.Ordinal) });
        await gateway.WaitForModelsAsync();

        await AssertKnownAsync(gateway, name);
    }

    [Fact]
    public async Task UnknownModel_ServedByTheDefault_IsKnown()
    {
        await using var engine = await FakeEngine.StartAsync("vllm");
        await using var gateway = await StartAsync(engine, ("MODEL_NAME", engine.Model), ("GATEWAY_UNKNOWN_MODEL", "default"));

        await AssertKnownAsync(gateway, "whatever");
    }

    [Theory]
    [InlineData("")]
    [InlineData(":latest")]
    public async Task Ollama_OtherSpellings_AreTheSameModel(string tag)
    {
        await using var engine = await FakeEngine.StartAsync("ollama");
        await using var gateway = await StartAsync(engine);
        var bare = engine.Model.Split(':')[0];
        var listed = (await gateway.ModelsAsync()).ToArray();
        Assert.Contains(engine.Model, listed);

        // Without a tag a name means ":latest"; the fake's model may have another tag, which is then another model.
        var same = engine.Model == bare || engine.Model == bare + ":latest";
        await AssertKnownAsync(gateway, engine.Model.ToUpperInvariant());
        if (same)
        {
            await AssertKnownAsync(gateway, bare + tag);
        }
        else
        {
            Assert.Equal(HttpStatusCode.NotFound, await GetAsync(gateway, bare + tag));
        }
    }

    [Fact]
    public async Task Name_OfNoModel_IsUnknownToBoth()
    {
        await using var engine = await FakeEngine.StartAsync("vllm");
        await using var gateway = await StartAsync(engine, ("MODEL_ALIASES", "a=nothing"));

        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(gateway, "a"));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(gateway, "a"));
    }

    [Fact]
    public async Task Name_OfNoModelBesideABackendThatNeverAnswered_IsUnknown()
    {
        await using var engine = await FakeEngine.StartAsync("vllm");
        using var folder = new TemporaryFolder();
        var url = $"http://127.0.0.1:{FreePort.Next()}/v1";
        var file = folder.Write("gateway.yaml", $"backends:\n  - {{name: gone, kind: vllm, url: \"{url}\"}}\n  - {{name: x, kind: vllm, url: \"{engine.BaseUrl}\"}}\n");
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["GATEWAY_CONFIG"] = file });
        await gateway.WaitForModelsAsync();
        await Wait.UntilAsync(async () => (await ReadyAsync(gateway)).Contains("connection refused", StringComparison.Ordinal), "the first probe");

        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(gateway, "nobody-has-this"));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(gateway, "nobody-has-this"));
        Assert.Contains($"connection refused at {url}", await ReadyAsync(gateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_OnceItIs_ModelsAreListed()
    {
        await using var engine = await FakeEngine.StartAsync("vllm");
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["BACKEND_KIND"] = "vllm", ["BACKEND_BASE_URL"] = engine.BaseUrl.ToString() });
        await Wait.UntilAsync(async () =>
        {
            using var answer = await gateway.Anonymous.GetAsync("/ready");
            return answer.IsSuccessStatusCode;
        }, "the gateway to be ready");

        Assert.Contains(engine.Model, await gateway.ModelsAsync());
    }

    private static async Task<string> ReadyAsync(RunningGateway gateway)
    {
        using var answer = await gateway.Anonymous.GetAsync("/ready");
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<RunningGateway> StartAsync(FakeEngine engine, params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string> { ["BACKEND_KIND"] = engine.Profile.Id, ["BACKEND_BASE_URL"] = engine.BaseUrl.ToString() };
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        var gateway = await RunningGateway.StartAsync(variables);
        await gateway.WaitForModelsAsync();
        return gateway;
    }

    private static async Task AssertKnownAsync(RunningGateway gateway, string name)
    {
        Assert.Equal(HttpStatusCode.OK, await PostAsync(gateway, name));
        using var answer = await gateway.Client.GetAsync($"/v1/models/{Uri.EscapeDataString(name)}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(name, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString());
    }

    private static async Task<HttpStatusCode> GetAsync(RunningGateway gateway, string name)
    {
        using var answer = await gateway.Client.GetAsync($"/v1/models/{Uri.EscapeDataString(name)}");
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> PostAsync(RunningGateway gateway, string name)
    {
        using var answer = await gateway.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(name, false)));
        return answer.StatusCode;
    }
}
