using System.Text.Json;
using Gateway.Demo;
using Xunit;

namespace Gateway.Tests.Demo;

/// <summary>Chat: the demo says that it is one and what it was told, whole and word by word.</summary>
public sealed class ChatTests(DemoHost demo) : IClassFixture<DemoHost>
{
    private const string Path = "/v1/chat/completions";
    private const string Introduction = "This is the gateway's built-in demo engine, no model is running.";

    [Theory]
    [InlineData("""[{"role":"user","content":"Hello!"}]""", "You said: Hello!")]
    [InlineData("""[{"role":"user","content":"First"},{"role":"assistant","content":"Yes"},{"role":"user","content":"Grüße 👋🏽 «日本»"}]""", "You said: Grüße 👋🏽 «日本»")]
    [InlineData("""[{"role":"user","content":[{"type":"text","text":"See"},{"type":"image_url","image_url":{"url":"data:,"}},{"type":"text","text":"this"}]}]""", "You said: See\nthis")]
    [InlineData("""[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}}]}]""", "You said nothing that it can read.")]
    [InlineData("""[{"role":"system","content":"Be brief."},{"role":"developer","content":null}]""", "You said nothing that it can read.")]
    public async Task Answer_AnyConversation_EchoesTheLastUser(string messages, string said)
    {
        var answer = await demo.AskAsync(Path, $$"""{"model":"demo","messages":{{messages}}}""");

        Assert.Equal("chat.completion", answer.GetProperty("object").GetString());
        Assert.Equal("demo", answer.GetProperty("model").GetString());
        Assert.StartsWith("chatcmpl-", answer.GetProperty("id").GetString(), StringComparison.Ordinal);
        var choice = Assert.Single(answer.GetProperty("choices").EnumerateArray());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal("assistant", choice.GetProperty("message").GetProperty("role").GetString());
        Assert.Equal($"{Introduction} {said}", Content(choice));
    }

    [Fact]
    public async Task Usage_OfAnAnswer_CountsWhatWasSaidAndAnswered()
    {
        var answer = await demo.AskAsync(Path, """{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello, you"}],"n":3}""");

        var choices = answer.GetProperty("choices").EnumerateArray().ToArray();
        Assert.Equal([0, 1, 2], choices.Select(choice => choice.GetProperty("index").GetInt32()));
        AssertUsage(answer.GetProperty("usage"), 3 + 3, choices.Sum(choice => Words.Count(Content(choice))));
    }

    [Theory]
    [InlineData("\"max_tokens\":3", "This is the", "length")]
    [InlineData("\"max_completion_tokens\":1", "This", "length")]
    [InlineData("\"max_completion_tokens\":2,\"max_tokens\":9", "This is", "length")]
    [InlineData("\"max_tokens\":1000", Introduction + " You said: Hi", "stop")]
    [InlineData("\"max_tokens\":2147483647", Introduction + " You said: Hi", "stop")]
    [InlineData("\"max_tokens\":null,\"stop\":null", Introduction + " You said: Hi", "stop")]
    [InlineData("\"stop\":\" engine\"", "This is the gateway's built-in demo", "stop")]
    [InlineData("\"stop\":[\"nothing\",\" engine\",\" demo\"]", "This is the gateway's built-in", "stop")]
    [InlineData("\"stop\":\" engine\",\"max_tokens\":2", "This is", "length")]
    [InlineData("\"stop\":\"This\"", "", "stop")]
    public async Task Answer_Limited_EndsThere(string members, string expected, string finish)
    {
        var body = """{"messages":[{"role":"user","content":"Hi"}],""" + members + "}";

        var choice = (await demo.AskAsync(Path, body)).GetProperty("choices")[0];
        var chunks = await demo.ChunksAsync(Path, body.Replace("{\"messages\"", "{\"stream\":true,\"messages\"", StringComparison.Ordinal));

        Assert.Equal((expected, finish), (Content(choice), choice.GetProperty("finish_reason").GetString()));
        Assert.Equal(expected, string.Concat(chunks.Select(DeltaContent)));
        Assert.Equal(finish, chunks[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Answer_LittleRoomIsLeft_EndsAtTheContext()
    {
        var text = string.Concat(Enumerable.Repeat("word ", 8190)).TrimEnd();

        var answer = await demo.AskAsync(Path, $$"""{"messages":[{"role":"user","content":"{{text}}"}]}""");

        Assert.Equal("length", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        AssertUsage(answer.GetProperty("usage"), 8190, 2);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public async Task Stream_Asked_HasRoleWordsReasonAndUsage(bool usage, int count)
    {
        var options = usage ? ",\"stream_options\":{\"include_usage\":true}" : "";
        var chunks = await demo.ChunksAsync(Path, $$"""{"stream":true,"n":{{count}},"messages":[{"role":"user","content":"Grüße 👋🏽"}]{{options}}}""");

        Assert.Single(chunks.Select(chunk => (chunk.GetProperty("id").GetString(), chunk.GetProperty("created").GetInt64())).Distinct());
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString()));
        var last = chunks[^1];
        Assert.Equal(usage, last.GetProperty("choices").GetArrayLength() == 0);
        Assert.All(chunks.SkipLast(1), chunk => Assert.Equal(usage, chunk.TryGetProperty("usage", out var none) && none.ValueKind == JsonValueKind.Null));
        for (var index = 0; index < count; index++)
        {
            var own = chunks.Where(chunk => chunk.GetProperty("choices").EnumerateArray().Any(choice => choice.GetProperty("index").GetInt32() == index)).ToArray();
            AssertChoice(own);
        }

        if (usage)
        {
            AssertUsage(last.GetProperty("usage"), Words.Count("Grüße 👋🏽"), count * Words.Count($"{Introduction} You said: Grüße 👋🏽"));
        }
    }

    private static void AssertChoice(JsonElement[] chunks)
    {
        Assert.Equal("assistant", chunks[0].GetProperty("choices")[0].GetProperty("delta").GetProperty("role").GetString());
        Assert.Equal($"{Introduction} You said: Grüße 👋🏽", string.Concat(chunks.Select(DeltaContent)));
        var reasons = chunks.Select(chunk => chunk.GetProperty("choices")[0].GetProperty("finish_reason").GetString()).ToArray();
        Assert.Equal("stop", reasons[^1]);
        Assert.All(reasons.SkipLast(1), Assert.Null);
    }

    private static void AssertUsage(JsonElement usage, int prompt, int completion) => Assert.Equal(
        (prompt, completion, prompt + completion),
        (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32()));

    private static string Content(JsonElement choice) => choice.GetProperty("message").GetProperty("content").GetString()!;

    private static string DeltaContent(JsonElement chunk) =>
        chunk.GetProperty("choices").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } choice
        && choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() ?? "" : "";
}
