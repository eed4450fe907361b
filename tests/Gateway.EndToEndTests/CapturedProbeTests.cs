using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Engines;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>Health and model lists captured from real engines, from the first probe to what a client is told.</summary>
public sealed class CapturedProbeTests
{
    [Theory]
    [InlineData("vllm", "models-captured.json", "")]
    [InlineData("vllm", "models-captured-adapter.json", "")]
    [InlineData("vllm", "models-captured-embedding.json", "")]
    [InlineData("sglang", "models-captured.json", null)]
    [InlineData("ollama", "models-captured.json", "Ollama is running")]
    [InlineData("llamacpp", "models-captured.json", """{"status":"ok"}""")]
    [InlineData("llamacpp", "models-captured-router.json", """{"status":"ok"}""")]
    public async Task List_CapturedFromTheEngine_IsUnderstood(string engine, string file, string? health)
    {
        await using var fake = await FakeEngine.StartAsync(engine, TestEnvironment.EngineKey);
        var fixtures = fake.Dialect.Fixtures;
        fake.HealthAnswer = health is null ? null : Answer(200, health);
        fake.ProbeAnswers["/v1/models"] = Answer(200, Encoding.UTF8.GetString(fixtures.Get(file)));
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings(engine, fake.BaseUrl));

        await gateway.WaitForStateAsync("ready");
        await gateway.WaitForModelsAsync();
        var list = (await gateway.Client.GetFromJsonAsync<JsonElement>("/v1/models")).GetProperty("data").EnumerateArray();

        var expected = JsonSerializer.Deserialize<ModelCase[]>(fixtures.Get(file.Replace(".json", ".expect.json", StringComparison.Ordinal)), JsonSerializerOptions.Web)!;
        Assert.Equal(
            expected.Select(model => (model.Id, model.OwnedBy, model.MaxLength)),
            list.Select(entry => (Answers.Text(entry, "id")!, Answers.Text(entry, "owned_by"), ModelListing.Tokens(entry, "max_model_len"))));
    }

    // llama.cpp answers every path so while it loads, SGLang its list already.
    [Theory]
    [InlineData("llamacpp", "/v1/models", 503, """{"error":{"message":"Loading model","type":"unavailable_error","code":503}}""", """{"status":"ok"}""")]
    [InlineData("sglang", "/ready", 503, "", "")]
    public async Task Health_CapturedWhileItLoads_IsLoadingUntilItIsThrough(string engine, string path, int status, string loading, string ready)
    {
        await using var fake = await FakeEngine.StartAsync(engine, TestEnvironment.EngineKey);
        var list = Answer(200, Encoding.UTF8.GetString(fake.Dialect.Fixtures.Get("models-captured.json")));
        fake.ProbeAnswers["/v1/models"] = list;
        fake.ProbeAnswers[path] = Answer(status, loading);
        fake.HealthAnswer = engine == "llamacpp" ? Answer(status, loading) : null;
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings(engine, fake.BaseUrl));

        await gateway.WaitForStateAsync("loading");
        fake.ProbeAnswers["/v1/models"] = list;
        if (path == "/ready")
        {
            fake.ProbeAnswers[path] = Answer(200, ready);
        }
        else
        {
            fake.HealthAnswer = Answer(200, ready);
        }

        await gateway.WaitForStateAsync("ready");
        await gateway.WaitForModelsAsync();
        Assert.Equal(["tiny-test"], await gateway.ModelsAsync());
    }

    private static AnswerCase Answer(int status, string body) =>
        new() { Status = status, ContentType = body.StartsWith('{') ? "application/json" : "text/plain", Body = JsonSerializer.SerializeToElement(body) };
}
