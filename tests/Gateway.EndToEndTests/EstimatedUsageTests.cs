using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>An engine that counts one of several choices or prompts is corrected in the metrics, and the numbers are marked as estimates.</summary>
public sealed class EstimatedUsageTests
{
    [Theory]
    [InlineData("llamacpp", "/v1/chat/completions", "\"n\":2", "estimated", 1, 2)]
    [InlineData("llamacpp", "/v1/chat/completions", "\"n\":1", "reported", 1, 1)]
    [InlineData("llamacpp", "/v1/completions", "\"prompt\":[\"a\",\"b\",\"c\"]", "estimated", 3, 3)]
    [InlineData("llamacpp", "/v1/completions", "\"prompt\":[\"a\",\"b\"],\"n\":2", "estimated", 2, 4)]
    [InlineData("llamacpp", "/v1/completions", "\"prompt\":[1,2,3]", "reported", 1, 1)]
    [InlineData("vllm", "/v1/chat/completions", "\"n\":2", "reported", 1, 1)]
    public async Task Answer_OfSeveralChoicesOrPrompts_IsCountedAsSuch(string engine, string path, string more, string usage, int prompts, int answers)
    {
        await using var environment = await TestEnvironment.StartAsync(engine);
        environment.Engine.Script.Always(Replies.Status(200, """{"choices":[{"index":0,"text":"x","message":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":40,"completion_tokens":12}}"""));

        using var answer = await environment.Client.SendAsync(SampleRequest.Post(path, $"{{\"model\":\"{environment.Engine.Model}\",\"messages\":[],{more}}}"));

        await AssertCountedAsync(environment, usage, 40 * prompts, 12 * answers);
    }

    [Fact]
    public async Task Stream_OfSeveralChoices_CountsThePiecesOfAll()
    {
        await using var environment = await TestEnvironment.StartAsync("llamacpp");
        environment.Engine.Script.Always(Replies.Stream(System.Text.Encoding.UTF8.GetBytes(string.Concat(
            Piece(0, "\"delta\":{\"content\":\"a\"}"), Piece(1, "\"delta\":{\"content\":\"b\"}"), Piece(0, "\"delta\":{\"content\":\"c\"}"),
            Piece(1, "\"delta\":{},\"finish_reason\":\"stop\""), Piece(0, "\"delta\":{},\"finish_reason\":\"stop\""),
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n"))));

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model, stream: true, ",\"n\":2")));
        await answer.Content.ReadAsByteArrayAsync();

        await AssertCountedAsync(environment, "estimated", 7, 3);
    }

    private static string Piece(int index, string more) => $"data: {{\"choices\":[{{\"index\":{index},{more}}}]}}\n\n";

    private static async Task AssertCountedAsync(TestEnvironment environment, string usage, int input, int output)
    {
        Dictionary<string, double> metrics = [];
        await Wait.UntilAsync(async () => (metrics = await MetricsTests.ScrapeAsync(environment.Gateway.Anonymous)).Any(pair => pair.Key.StartsWith("gateway_usage_total", StringComparison.Ordinal)), "the answer to be counted");
        Assert.Contains($"usage=\"{usage}\"", Assert.Single(metrics.Keys, name => name.StartsWith("gateway_usage_total", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal((input, output), (Tokens("input"), Tokens("output")));

        double Tokens(string type) => metrics.Single(pair => pair.Key.StartsWith("gateway_tokens_total", StringComparison.Ordinal) && pair.Key.Contains($"type=\"{type}\"", StringComparison.Ordinal)).Value;
    }
}
