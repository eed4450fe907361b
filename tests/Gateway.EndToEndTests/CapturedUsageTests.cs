using System.Net;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>The tokens of answers captured from real engines, as they are counted for keys and metrics. The numbers were read from the captures by hand.</summary>
public sealed class CapturedUsageTests(EnginePool engines) : IClassFixture<EnginePool>
{
    [Theory]
    [InlineData("vllm", "chat-captured.json", 16, 8, 0)]
    [InlineData("vllm", "chat-captured.sse", 16, 8, 0)]
    [InlineData("vllm", "chat-captured-continuous.sse", 16, 4, 0)]
    [InlineData("vllm", "chat-captured-n2.json", 16, 12, 0)]
    [InlineData("vllm", "chat-captured-reasoning.json", 16, 60, 0)]
    [InlineData("vllm", "chat-captured-tools.json", 283, 41, 256)]
    [InlineData("vllm", "chat-captured-tools.sse", 283, 41, 256)]
    [InlineData("vllm", "chat-captured-two-tools.json", 283, 115, 128)]
    [InlineData("vllm", "completions-captured.json", 2, 5, 0)]
    [InlineData("vllm", "completions-captured.sse", 2, 2, 0)]
    [InlineData("vllm", "messages-captured.json", 16, 8, 0)]
    [InlineData("vllm", "messages-captured.sse", 16, 8, 0)]
    // The engine leaves the 128 tokens of its cache out of `input_tokens`: those it wrote, and those it read.
    [InlineData("vllm", "messages-captured-tools.json", 187, 18, 0)]
    [InlineData("vllm", "messages-captured-tools.sse", 187, 18, 128)]
    [InlineData("vllm", "responses-captured.json", 16, 8, 0)]
    [InlineData("vllm", "responses-captured-tools.json", 195, 80, 128)]
    [InlineData("sglang", "chat-captured.json", 25, 4, 0)]
    [InlineData("sglang", "chat-captured.sse", 25, 4, 0)]
    [InlineData("sglang", "chat-captured-continuous.sse", 25, 4, 0)]
    [InlineData("sglang", "chat-captured-n2.json", 25, 12, 0)]
    [InlineData("sglang", "chat-captured-reasoning.json", 25, 19, 0)]
    [InlineData("sglang", "chat-captured-reasoning.sse", 25, 19, 0)]
    [InlineData("sglang", "chat-captured-tools.json", 149, 22, 0)]
    [InlineData("sglang", "completions-captured.json", 5, 2, 0)]
    [InlineData("sglang", "completions-captured.sse", 5, 2, 0)]
    [InlineData("sglang", "messages-captured.json", 17, 4, 0)]
    [InlineData("sglang", "messages-captured.sse", 17, 4, 0)]
    [InlineData("sglang", "messages-captured-tools.json", 161, 22, 0)]
    [InlineData("sglang", "messages-captured-tools.sse", 161, 22, 0)]
    [InlineData("sglang", "responses-captured.json", 17, 4, 5)]
    [InlineData("sglang", "responses-captured.sse", 17, 4, 16)]
    [InlineData("sglang", "responses-captured-tools.json", 161, 22, 35)]
    [InlineData("sglang", "responses-captured-incomplete.json", 17, 0, 16)]
    [InlineData("sglang", "responses-captured-incomplete.sse", 17, 0, 16)]
    [InlineData("ollama", "chat-captured.json", 27, 8, 0)]
    [InlineData("ollama", "chat-captured.sse", 27, 6, 0)]
    [InlineData("ollama", "chat-captured-cut-prompt.json", 212, 4, 0)]
    [InlineData("ollama", "chat-captured-reasoning.json", 29, 24, 0)]
    [InlineData("ollama", "chat-captured-tools.json", 233, 4, 0)]
    [InlineData("ollama", "chat-captured-tools.sse", 233, 4, 0)]
    [InlineData("ollama", "completions-captured.json", 24, 5, 0)]
    [InlineData("ollama", "completions-captured.sse", 24, 3, 0)]
    [InlineData("ollama", "messages-captured.json", 27, 6, 0)]
    [InlineData("ollama", "messages-captured.sse", 27, 4, 0)]
    [InlineData("ollama", "messages-captured-tools.json", 233, 4, 0)]
    [InlineData("ollama", "messages-captured-tools.sse", 233, 4, 0)]
    [InlineData("ollama", "responses-captured.json", 25, 6, 0)]
    [InlineData("ollama", "responses-captured.sse", 25, 4, 0)]
    [InlineData("ollama", "responses-captured-tools.json", 231, 4, 0)]
    [InlineData("ollama", "responses-captured-tools.sse", 231, 4, 0)]
    [InlineData("llamacpp", "chat-captured.json", 40, 12, 0)]
    [InlineData("llamacpp", "chat-captured.sse", 40, 4, 39)]
    [InlineData("llamacpp", "chat-captured-cached.json", 19, 26, 4)]
    [InlineData("llamacpp", "chat-captured-tools.json", 539, 62, 538)]
    [InlineData("llamacpp", "chat-captured-tools.sse", 539, 62, 538)]
    [InlineData("llamacpp", "completions-captured.json", 7, 6, 1)]
    [InlineData("llamacpp", "completions-captured.sse", 7, 2, 6)]
    [InlineData("llamacpp", "messages-captured.json", 25, 6, 12)]
    [InlineData("llamacpp", "messages-captured.sse", 25, 3, 24)]
    [InlineData("llamacpp", "responses-captured.json", 27, 6, 8)]
    [InlineData("llamacpp", "responses-captured.sse", 27, 3, 26)]
    public async Task Metrics_CapturedAnswer_CountItsTokens(string engine, string file, int input, int output, int cached)
    {
        var environment = await engines.ForAsync(engine);
        environment.Engine.Script.Next(Replies.Fixture(file));
        var before = await CountedAsync(environment);

        using (var answer = await environment.Client.SendAsync(SampleRequest.Asking(file, environment.Engine.Model)))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        // A request is counted when its answer has been sent.
        var after = before;
        await Wait.UntilAsync(async () => (after = await CountedAsync(environment)).Answers > before.Answers, "the answer to be counted");
        Assert.Equal((input, output, cached), (after.Input - before.Input, after.Output - before.Output, after.Cached - before.Cached));
    }

    private static async Task<(double Answers, double Input, double Output, double Cached)> CountedAsync(TestEnvironment environment)
    {
        var metrics = await MetricsTests.ScrapeAsync(environment.Gateway.Anonymous);
        return (Sum("gateway_usage_total{", "usage=\"reported\""), Tokens("input"), Tokens("output"), Tokens("cached"));

        double Tokens(string type) => Sum("gateway_tokens_total{", $"type=\"{type}\"");

        double Sum(string name, string label) => metrics
            .Where(pair => pair.Key.StartsWith(name, StringComparison.Ordinal) && pair.Key.Contains(label, StringComparison.Ordinal)).Sum(pair => pair.Value);
    }
}
