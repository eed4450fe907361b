using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>What the tiny model promises to tests that drive the real engine with it.</summary>
public sealed class TinyModelTests(RealEngineFixture engine) : IClassFixture<RealEngineFixture>
{
    private const string Message = """ "seed":1,"messages":[{"role":"user","content":"hello"}] """;
    private const string LookupTool =
        """
        "tools":[{"type":"function","function":{"name":"lookup","parameters":
          {"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]}}}]
        """;

    [Fact]
    public async Task Write_DefaultOptions_GivesTheKnownBytes()
    {
        await using var file = File.OpenRead(RealEngineFiles.TinyModel);

        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file));

        Assert.Equal("a14b17547f24f742fd5878206c09316a3a51b96be7215f9f6096778ebcbb8f88", hash);
    }

    [RealEngineFact]
    public async Task Chat_PlainRequest_EndsByItself()
    {
        var choice = await ChooseAsync("{" + Message + "}");

        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.NotEmpty(choice.GetProperty("message").GetProperty("content").GetString()!);
    }

    [RealEngineFact]
    public async Task Chat_ToolsOffered_CallsTheTool()
    {
        var choice = await ChooseAsync("{" + Message + "," + LookupTool + "}");

        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        var function = choice.GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function");
        Assert.Equal("lookup", function.GetProperty("name").GetString());
        using var arguments = JsonDocument.Parse(function.GetProperty("arguments").GetString()!);
        Assert.Equal(JsonValueKind.Number, arguments.RootElement.GetProperty("id").ValueKind);
    }

    [RealEngineFact]
    public async Task Chat_SchemaAsked_AnswersInThatSchema()
    {
        var choice = await ChooseAsync("{" + Message + """
            ,"response_format":{"type":"json_schema","json_schema":{"name":"pet","schema":{"type":"object",
             "properties":{"legs":{"type":"integer"}},"required":["legs"],"additionalProperties":false}}}}
            """);

        using var content = JsonDocument.Parse(choice.GetProperty("message").GetProperty("content").GetString()!);
        Assert.Equal(JsonValueKind.Number, content.RootElement.GetProperty("legs").ValueKind);
    }

    [RealEngineFact]
    public async Task Embeddings_TwoInputs_GiveTwoVectors()
    {
        var answer = await PostAsync(engine.Embeddings, "/v1/embeddings", """{"input":["hello","world"]}""");

        Assert.Equal([64, 64], answer.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("embedding").GetArrayLength()));
    }

    private async Task<JsonElement> ChooseAsync(string body) =>
        (await PostAsync(engine.Chat, "/v1/chat/completions", body)).GetProperty("choices")[0];

    private static async Task<JsonElement> PostAsync(LlamaServer server, string path, string body)
    {
        using var client = new HttpClient { BaseAddress = server.BaseUrl };
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
