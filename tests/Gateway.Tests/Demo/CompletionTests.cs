using System.Text.Json;
using Gateway.Demo.Answers;
using Xunit;

namespace Gateway.Tests.Demo;

/// <summary>Completions: one choice or more for each prompt, whole and as a stream.</summary>
public sealed class CompletionTests(DemoHost demo) : IClassFixture<DemoHost>
{
    private const string Path = "/v1/completions";
    private const string Introduction = "This is the gateway's built-in demo engine, no model is running. You said: ";

    [Theory]
    [InlineData("\"prompt\":\"Once\"", "Once")]
    [InlineData("\"prompt\":[\"Once\",\"Twice\"]", "Once", "Twice")]
    [InlineData("\"prompt\":[\"Once\",\"Twice\"],\"n\":2", "Once", "Once", "Twice", "Twice")]
    [InlineData("\"prompt\":[11,12]", "11 12")]
    [InlineData("\"prompt\":[[11],[12]]", "11", "12")]
    public async Task Answer_AnyPrompt_HasItsChoicesInOrder(string members, params string[] said)
    {
        var answer = await demo.AskAsync(Path, "{" + members + "}");
        var chunks = await demo.ChunksAsync(Path, "{\"stream\":true," + members + "}");

        Assert.Equal("text_completion", answer.GetProperty("object").GetString());
        Assert.Equal(said.Select((text, index) => (index, Introduction + text, (string?)"stop")), Choices([answer]));
        Assert.Equal(Choices([answer]), Choices(chunks));
    }

    [Fact]
    public async Task Usage_AnswerAndStream_IsTheSame()
    {
        var answer = await demo.AskAsync(Path, """{"prompt":["a b","c"],"n":2}""");
        var chunks = await demo.ChunksAsync(Path, """{"prompt":["a b","c"],"n":2,"stream":true,"stream_options":{"include_usage":true}}""");

        var usage = answer.GetProperty("usage");
        Assert.Equal(3, usage.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal((4 * Words.Count(Introduction.Trim())) + 6, usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(usage.GetRawText(), chunks[^1].GetProperty("usage").GetRawText());
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
    }

    [Fact]
    public async Task Answer_Limited_EndsThere()
    {
        var answer = await demo.AskAsync(Path, """{"prompt":"Once","max_tokens":2}""");

        Assert.Equal((0, "This is", "length"), Assert.Single(Choices([answer])));
    }

    private static List<(int Index, string Text, string? Finish)> Choices(IEnumerable<JsonElement> chunks) =>
        [.. chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
            .GroupBy(choice => choice.GetProperty("index").GetInt32())
            .Select(group => (group.Key, string.Concat(group.Select(choice => choice.GetProperty("text").GetString())), group.Last().GetProperty("finish_reason").GetString()))];
}
