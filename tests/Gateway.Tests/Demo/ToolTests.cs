using System.Text.Json;
using Xunit;

namespace Gateway.Tests.Demo;

/// <summary>Tools are called when they must be or when they are named, with a plain value for each required argument.</summary>
public sealed class ToolTests(DemoHost demo) : IClassFixture<DemoHost>
{
    private const string Path = "/v1/chat/completions";

    private const string Tools = """
        [{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"unit":{"enum":["celsius","kelvin"]},"days":{"type":"integer","minimum":3}},"required":["city","unit"]}}},
         {"type":"function","function":{"name":"now"}}]
        """;

    [Theory]
    [InlineData("Hi", "\"required\"", "get_weather")]
    [InlineData("What is it NOW?", "\"required\"", "now")]
    [InlineData("Hi", """{"type":"function","function":{"name":"now"}}""", "now")]
    [InlineData("Please call get_weather.", "\"auto\"", "get_weather")]
    [InlineData("Please call get_weather.", "null", "get_weather")]
    [InlineData("Please call get_weather.", "\"none\"", null)]
    [InlineData("Hi", "\"auto\"", null)]
    public async Task Answer_ToolsOffered_CallsWhatIsMeant(string text, string choice, string? tool)
    {
        var answer = (await demo.AskAsync(Path, Body(text, choice))).GetProperty("choices")[0];

        Assert.Equal(tool is null ? "stop" : "tool_calls", answer.GetProperty("finish_reason").GetString());
        var message = answer.GetProperty("message");
        Assert.Equal(tool is null, message.GetProperty("content").ValueKind == JsonValueKind.String);
        Assert.Equal(tool, message.TryGetProperty("tool_calls", out var calls) ? calls[0].GetProperty("function").GetProperty("name").GetString() : null);
        if (tool is not null)
        {
            Assert.StartsWith("call_", calls[0].GetProperty("id").GetString(), StringComparison.Ordinal);
            Assert.Equal("function", calls[0].GetProperty("type").GetString());
            Assert.Equal(tool == "now" ? "{}" : """{"city":"demo","unit":"celsius"}""", calls[0].GetProperty("function").GetProperty("arguments").GetString());
        }
    }

    [Fact]
    public async Task Stream_ToolIsCalled_ComesInPieces()
    {
        var chunks = await demo.ChunksAsync(Path, Body("get_weather", "\"auto\"").Replace("{\"messages\"", "{\"stream\":true,\"messages\"", StringComparison.Ordinal));

        var choices = chunks.Select(chunk => chunk.GetProperty("choices")[0]).ToArray();
        var calls = choices.SkipLast(1).Select(choice => choice.GetProperty("delta").GetProperty("tool_calls")[0]).ToArray();
        Assert.All(calls, call => Assert.Equal(0, call.GetProperty("index").GetInt32()));
        Assert.StartsWith("call_", calls[0].GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("get_weather", calls[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("""{"city":"demo","unit":"celsius"}""", string.Concat(calls.Select(call => call.GetProperty("function").GetProperty("arguments").GetString())));
        Assert.Equal("tool_calls", choices[^1].GetProperty("finish_reason").GetString());
    }

    [Theory]
    [InlineData("\"auto\"")]
    [InlineData("\"required\"")]
    public async Task Answer_ToolHasAnswered_IsInWords(string choice)
    {
        var answer = await demo.AskAsync(Path, $$$"""
            {"messages":[{"role":"user","content":"get_weather"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"call_1","content":"21 degrees"}],"tools":{{{Tools}}},"tool_choice":{{{choice}}}}
            """);

        Assert.EndsWith("The tool answered: 21 degrees", answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_ToolsOfOtherKinds_ArePassedOver()
    {
        var answer = await demo.AskAsync(Path, """{"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"custom","custom":{"name":"shell"}}]}""");

        Assert.Equal("stop", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Answer_JsonIsWanted_IsAnObject()
    {
        var answer = await demo.AskAsync(Path, """{"messages":[{"role":"user","content":"A \"quote\" and Grüße"}],"response_format":{"type":"json_object"}}""");

        var content = answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
        Assert.Equal("A \"quote\" and Grüße", JsonSerializer.Deserialize<JsonElement>(content).GetProperty("you_said").GetString());
    }

    private static string Body(string text, string choice) => $$"""{"messages":[{"role":"user","content":"{{text}}"}],"tools":{{Tools}},"tool_choice":{{choice}}}""";
}
