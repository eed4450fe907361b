using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Fakes;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>Streams captured from real engines, put together: the answer that the same engine gives in one piece.</summary>
public sealed class CapturedMergeTests
{
    // vLLM 0.32.0 leaves `arguments` out of the first chunk of a call; SGLang 0.5.23 says `"role":null` in later ones.
    [Theory]
    [InlineData("vllm", "get_time", "{}")]
    [InlineData("sglang", "get_weather", "{\"city\": \"Paris\"}")]
    [InlineData("ollama", "look", "{\"q\":1}")]
    [InlineData("llamacpp", "get_weather", "{\"city\":\" as are\",\"days\":82}")]
    public void Chat_ToolCall_IsTheOneOfThePlainAnswer(string engine, string name, string arguments)
    {
        var call = Assert.Single(Message(engine, "chat-captured-tools.sse").GetProperty("tool_calls").EnumerateArray());
        var plain = Assert.Single(Plain(engine, "chat-captured-tools.json").GetProperty("tool_calls").EnumerateArray());

        Assert.Equal((name, arguments), Function(call));
        Assert.Equal((name, arguments), Function(plain));
        Assert.Equal("function", call.GetProperty("type").GetString());
        Assert.NotEmpty(call.GetProperty("id").GetString()!);
    }

    [Theory]
    [InlineData("chat-captured.sse")]
    [InlineData("chat-keep-alive.sse")]
    public void Chat_Text_IsThatOfThePlainAnswer(string file)
    {
        var message = Message("vllm", file);

        Assert.Equal("assistant", message.GetProperty("role").GetString());
        Assert.Equal(Plain("vllm", "chat-captured.json").GetProperty("content").GetString(), message.GetProperty("content").GetString());
    }

    // `"reasoning_content":null` stands in every chunk that has none.
    [Theory]
    [InlineData("content")]
    [InlineData("reasoning_content")]
    public void Chat_Thinking_IsThatOfThePlainAnswer(string member) => Assert.Equal(
        Plain("sglang", "chat-captured-reasoning.json").GetProperty(member).GetString(),
        Message("sglang", "chat-captured-reasoning.sse").GetProperty(member).GetString());

    private static (string?, string?) Function(JsonElement call) =>
        (call.GetProperty("function").GetProperty("name").GetString(), call.GetProperty("function").GetProperty("arguments").GetString());

    private static JsonElement Plain(string engine, string file) =>
        JsonSerializer.Deserialize<JsonElement>(new Fixtures(engine).Get(file)).GetProperty("choices")[0].GetProperty("message");

    private static JsonElement Message(string engine, string file)
    {
        var merger = new ChunkMerger(sumsUsage: false);
        var data = Encoding.UTF8.GetString(new Fixtures(engine).Get(file)).Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal));
        foreach (var line in data)
        {
            merger.Add(Encoding.UTF8.GetBytes(line["data: ".Length..]));
        }

        var buffer = new ArrayBufferWriter<byte>();
        merger.WriteTo(buffer);
        return JsonSerializer.Deserialize<JsonElement>(buffer.WrittenSpan).GetProperty("choices")[0].GetProperty("message");
    }
}
