using System.ClientModel;
using System.Text.Json;
using OpenAI.Chat;
using Xunit;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>The official .NET client, through the gateway, on a real engine.</summary>
public sealed class RealGatewayTests(RealGatewayFixture fixture) : IClassFixture<RealGatewayFixture>
{
    private static readonly ChatTool Lookup = ChatTool.CreateFunctionTool(
        "lookup", "Looks a word up", BinaryData.FromString("""{"type":"object","properties":{"word":{"type":"string","maxLength":20}},"required":["word"]}"""));

    private ChatClient Chat => RealGatewayFixture.Client(fixture.Chat).GetChatClient(RealGatewayFixture.ChatModel);

    [RealEngineFact]
    public async Task Chat_Plain_AnswersWithUsage()
    {
        ChatCompletion answer = await Chat.CompleteChatAsync([new UserChatMessage("hello the gateway")], new() { MaxOutputTokenCount = 8, Temperature = 0 });

        Assert.NotEmpty(answer.Content[0].Text);
        Assert.True(answer.FinishReason is ChatFinishReason.Stop or ChatFinishReason.Length);
        Assert.InRange(answer.Usage.OutputTokenCount, 1, 8);
        Assert.True(answer.Usage.InputTokenCount > 0);
    }

    [RealEngineFact]
    public async Task Chat_Streamed_ComesInPiecesWithUsageAtTheEnd()
    {
        var pieces = 0;
        ChatTokenUsage? usage = null;
        ChatFinishReason? reason = null;
        await foreach (var update in Chat.CompleteChatStreamingAsync([new UserChatMessage("hello the gateway")], new() { MaxOutputTokenCount = 6, Temperature = 0 }))
        {
            pieces += update.ContentUpdate.Count;
            usage = update.Usage ?? usage;
            reason = update.FinishReason ?? reason;
        }

        // This client asks for the usage itself.
        Assert.True(pieces > 1);
        Assert.NotNull(reason);
        Assert.NotNull(usage);
        Assert.InRange(usage.OutputTokenCount, 1, 6);
    }

    [RealEngineFact]
    public async Task Chat_ToolRequired_IsCalledWithValidArguments()
    {
        ChatCompletion answer = await RealGatewayFixture.Client(fixture.FastChat).GetChatClient(RealGatewayFixture.ChatModel).CompleteChatAsync(
            [new UserChatMessage("look the word up")],
            new() { Tools = { Lookup }, ToolChoice = ChatToolChoice.CreateRequiredChoice(), MaxOutputTokenCount = 200 });

        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        var call = Assert.Single(answer.ToolCalls);
        Assert.Equal("lookup", call.FunctionName);
        using var arguments = JsonDocument.Parse(call.FunctionArguments);
        Assert.Equal(JsonValueKind.String, arguments.RootElement.GetProperty("word").ValueKind);
    }

    [RealEngineFact]
    public async Task Chat_JsonSchema_IsKeptTo()
    {
        var schema = BinaryData.FromString("""{"type":"object","properties":{"color":{"enum":["red","green"]}},"required":["color"],"additionalProperties":false}""");
        ChatCompletion answer = await Chat.CompleteChatAsync(
            [new UserChatMessage("a color")],
            new() { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("color", schema, jsonSchemaIsStrict: true), MaxOutputTokenCount = 100 });

        using var json = JsonDocument.Parse(answer.Content[0].Text);
        Assert.Contains(json.RootElement.GetProperty("color").GetString(), new[] { "red", "green" });
    }

    [RealEngineFact]
    public async Task Embeddings_TwoTexts_GiveTwoVectors()
    {
        var client = RealGatewayFixture.Client(fixture.Embeddings).GetEmbeddingClient(RealGatewayFixture.EmbeddingModel);
        var vectors = (await client.GenerateEmbeddingsAsync(["hello", "the gateway"])).Value;

        Assert.Equal(2, vectors.Count);
        Assert.Equal(64, vectors[0].ToFloats().Length);
        Assert.True(vectors.Usage.InputTokenCount > 0);
    }

    [RealEngineFact]
    public async Task Chat_WrongKey_IsRefusedByTheGateway()
    {
        var chat = RealGatewayFixture.Client(fixture.Chat, "not-a-key-of-ours").GetChatClient(RealGatewayFixture.ChatModel);
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => chat.CompleteChatAsync([new UserChatMessage("hello")]));

        Assert.Equal(401, failure.Status);
        Assert.Contains("invalid_api_key", failure.Message, StringComparison.Ordinal);
    }

    [RealEngineFact]
    public async Task Chat_EngineRefusesTheGatewaysKey_IsTold()
    {
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string>
        {
            ["BACKEND_KIND"] = "llamacpp",
            ["BACKEND_BASE_URL"] = fixture.ChatServer.BaseUrl.ToString(),
            ["BACKEND_API_KEY"] = "wrong-engine-key",
            ["MODEL_NAME"] = RealGatewayFixture.ChatModel,
        });
        var chat = RealGatewayFixture.Client(gateway).GetChatClient(RealGatewayFixture.ChatModel);
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => chat.CompleteChatAsync([new UserChatMessage("hello")]));

        Assert.Equal(502, failure.Status);
        Assert.Contains("refuses this gateway's key", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-engine-key", failure.Message, StringComparison.Ordinal);
    }

    [RealEngineFact]
    public async Task Route_Unknown_Is404AndNeverForwarded()
    {
        using var answer = await fixture.Chat.Client.GetAsync("/slots");

        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Contains("not_found", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [RealEngineFact]
    public async Task Chat_PromptTooLong_IsContextLengthExceeded()
    {
        var text = string.Join(' ', Enumerable.Repeat("the long budget context", 1000));
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => Chat.CompleteChatAsync([new UserChatMessage(text)]));

        Assert.Equal(400, failure.Status);
        Assert.Contains("context_length_exceeded", failure.Message, StringComparison.Ordinal);
    }

    [RealEngineFact]
    public async Task Chat_CallerLeavesMidStream_FreesTheEnginesSlot()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent("""{"model":"tiny","stream":true,"logit_bias":{"260":-100},"messages":[{"role":"user","content":"hello"}]}"""),
        };
        using (var answer = await fixture.Chat.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(200, (int)answer.StatusCode);
            await fixture.ChatServer.WaitForSlotsAsync(busy: 1);
        }

        await fixture.ChatServer.WaitForSlotsAsync(busy: 0);
    }
}
