using System.Text;
using System.Text.Json;
using Gateway.Demo;
using Xunit;

namespace Gateway.Tests.Demo;

/// <summary>Whatever is wrong with a request is said in OpenAI's envelope, and the next request is answered.</summary>
public sealed class BadRequestTests(DemoHost demo) : IClassFixture<DemoHost>
{
    private const string Chat = "/v1/chat/completions";
    private const string Sound = """ "messages":[{"role":"user","content":"Hi"}] """;

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("{\"messages\":[]} more")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"half a pair: \\ud800\"}]}")]
    [InlineData("{\"\\udc00\":1,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}")]
    public async Task Body_NoSoundObject_Is400(string body)
    {
        foreach (var path in (string[])[Chat, "/v1/embeddings"])
        {
            var error = await demo.FailAsync(path, body);
            Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
        }
    }

    [Fact]
    public async Task Body_InvalidUtf8_Is400()
    {
        var body = Encoding.UTF8.GetBytes("{" + Sound + "}");
        body[Array.IndexOf(body, (byte)'H')] = 0xFF;

        await demo.FailAsync(Chat, body, 400);
    }

    [Fact]
    public async Task Body_VeryDeep_IsRefusedAndTheEngineGoesOn()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100_000));
        await demo.FailAsync(Chat, "{\"messages\":" + deep);

        await demo.AskAsync(Chat, "{" + Sound + "}");
    }

    [Theory]
    [InlineData("/v1/chat/completions", Sound)]
    [InlineData("/v1/embeddings", "\"input\":\"Hi\"")]
    public async Task Model_Unknown_Is404(string path, string members)
    {
        var error = await demo.FailAsync(path, "{\"model\":\"gpt-4o\"," + members + "}", 404);

        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
        Assert.Equal("model", error.GetProperty("param").GetString());
        Assert.Contains("`gpt-4o`", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        await demo.AskAsync(path, "{" + members + "}");
    }

    [Theory]
    [InlineData("\"model\":\"demo\"", "messages")]
    [InlineData("\"messages\":[]", "messages")]
    [InlineData("\"messages\":{}", "messages")]
    [InlineData("\"messages\":[7]", "messages")]
    [InlineData("\"messages\":[{\"content\":\"Hi\"}]", "messages")]
    [InlineData("\"messages\":[{\"role\":\"king\",\"content\":\"Hi\"}]", "messages")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":7}]", "messages")]
    [InlineData(Sound + ",\"model\":7", "model")]
    [InlineData(Sound + ",\"stream\":\"yes\"", "stream")]
    [InlineData(Sound + ",\"stream_options\":{\"include_usage\":true}", "stream_options")]
    [InlineData(Sound + ",\"n\":0", "n")]
    [InlineData(Sound + ",\"n\":129", "n")]
    [InlineData(Sound + ",\"n\":1.5", "n")]
    [InlineData(Sound + ",\"max_tokens\":0", "max_tokens")]
    [InlineData(Sound + ",\"max_completion_tokens\":\"many\"", "max_completion_tokens")]
    [InlineData(Sound + ",\"stop\":[1]", "stop")]
    [InlineData(Sound + ",\"tools\":{}", "tools")]
    [InlineData(Sound + ",\"tools\":[{\"type\":\"function\"}]", "tools")]
    [InlineData(Sound + ",\"tool_choice\":\"required\"", "tool_choice")]
    [InlineData(Sound + ",\"tool_choice\":\"perhaps\"", "tool_choice")]
    [InlineData(Sound + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"nobody\"}}", "tool_choice")]
    [InlineData(Sound + ",\"response_format\":\"json\"", "response_format")]
    [InlineData(Sound + ",\"response_format\":{\"type\":\"xml\"}", "response_format")]
    [InlineData(Sound + ",\"response_format\":{\"type\":\"json_schema\"}", "response_format")]
    [InlineData(Sound + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{\"type\":\"object\"}}}", "response_format")]
    public async Task Chat_WrongMember_IsNamed(string members, string param)
    {
        var error = await demo.FailAsync(Chat, "{" + members + "}");

        Assert.Equal(param, error.GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("/v1/embeddings", "\"input\":\"\"", "input")]
    [InlineData("/v1/embeddings", "\"input\":[\"a\",\"\"]", "input")]
    [InlineData("/v1/embeddings", "\"input\":[-1]", "input")]
    [InlineData("/v1/embeddings", "\"input\":[[1],[]]", "input")]
    [InlineData("/v1/embeddings", "\"input\":\"a\",\"dimensions\":0", "dimensions")]
    [InlineData("/v1/embeddings", "\"input\":\"a\",\"dimensions\":5000", "dimensions")]
    [InlineData("/v1/embeddings", "\"input\":\"a\",\"encoding_format\":\"hex\"", "encoding_format")]
    public async Task Embeddings_WrongMember_IsNamed(string path, string members, string param)
    {
        var error = await demo.FailAsync(path, "{" + members + "}");

        Assert.Equal(param, error.GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("/v1/chat/completions", "messages", "[{\"role\":\"user\",\"content\":\"$\"}]")]
    [InlineData("/v1/embeddings", "input", "\"$ a\"")]
    public async Task Prompt_LongerThanTheContext_Is400(string path, string member, string value)
    {
        var text = string.Concat(Enumerable.Repeat("word ", 8192)).TrimEnd();
        Assert.Equal(8192, Words.Count(text));

        var error = await demo.FailAsync(path, "{\"" + member + "\":" + value.Replace("$", text, StringComparison.Ordinal) + "}");

        Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
        Assert.Equal(member, error.GetProperty("param").GetString());
        Assert.Contains("8192", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    // Nothing but one word, as far as spaces go.
    [Fact]
    public async Task Prompt_OneEndlessWord_Is400()
    {
        var error = await demo.FailAsync(Chat, "{\"messages\":[{\"role\":\"user\",\"content\":\"" + new string('a', 1_000_000) + "\"}]}");

        Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
    }
}
