using Gateway.EndToEndTests.Sdk;
using Xunit;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>OpenAI's JavaScript client through the gateway, in front of the real engine.</summary>
public sealed class RealNodeTests(RealGatewayFixture fixture) : IClassFixture<RealGatewayFixture>
{
    private static readonly string[] Cases =
        ["chat", "stream", "stream-usage", "tools", "schema", "models", "wrong-key", "unknown-model", "context-exceeded", "missing", "abort"];

    [RealNodeFact]
    public async Task Client_EveryCase_IsAsWithOpenAiItself()
    {
        var results = await NodeScript.RunAsync(new
        {
            Real = true,
            BaseUrl = fixture.Chat.Url.ToString(),
            ApiKey = RunningGateway.ClientKey,
            Model = RealGatewayFixture.ChatModel,
            Cases,
        });

        Assert.All(Cases, name => Assert.True(results[name].Ok, $"{name}: {results[name].Message}"));
        // The last case left in the middle of an answer that has no end.
        await fixture.ChatServer.WaitForSlotsAsync(busy: 0);
    }
}
