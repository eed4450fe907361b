using Gateway.EndToEndTests.Sdk;
using Xunit;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>JavaScript clients through the gateway, in front of the real engine: OpenAI's, Anthropic's, and two frameworks.</summary>
public sealed class RealNodeTests(RealGatewayFixture fixture) : IClassFixture<RealGatewayFixture>
{
    [RealNodeFact]
    public Task OpenAi_EveryCase_IsAsWithOpenAiItself() => RunAsync(
        "real", "chat", "stream", "stream-usage", "tools", "stream-tools", "schema", "embeddings", "models", "wrong-key", "unknown-model", "context-exceeded", "missing", "abort");

    [RealNodeFact]
    public Task Anthropic_EveryCase_IsAsWithAnthropicItself() => RunAsync(
        "real-messages",
        "messages", "messages-stream", "messages-tools", "messages-count", "messages-wrong-key", "messages-unknown-model", "messages-context-exceeded", "messages-abort");

    [RealNodeFact]
    public Task Frameworks_EveryCase_TakeTheGatewayForOpenAi() => RunAsync(
        "real-frameworks",
        "ai-chat", "ai-stream", "ai-tools", "ai-stream-tools", "ai-embeddings", "ai-wrong-key",
        "langchain-chat", "langchain-stream", "langchain-tools", "langchain-schema", "langchain-embeddings", "langchain-wrong-key");

    private async Task RunAsync(string client, params string[] cases)
    {
        var results = await NodeScript.RunAsync(new
        {
            Clients = new[] { client },
            BaseUrl = fixture.FastChat.Url.ToString(),
            SlowUrl = fixture.Chat.Url.ToString(),
            ApiKey = RunningGateway.ClientKey,
            Model = RealGatewayFixture.ChatModel,
            EmbeddingsUrl = fixture.Embeddings.Url.ToString(),
            RealGatewayFixture.EmbeddingModel,
            Cases = cases,
        });

        Assert.All(cases, name => Assert.True(results[name].Ok, $"{name}: {results[name].Message}"));
        // A case may have left in the middle of an answer that has no end.
        await fixture.ChatServer.WaitForSlotsAsync(busy: 0);
    }
}
