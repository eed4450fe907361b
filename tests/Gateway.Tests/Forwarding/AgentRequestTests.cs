using System.Text;
using System.Text.Json.Nodes;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Requests;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>What coding agents send for one service becomes what the engine takes; the bodies of two of them are as they were sent.</summary>
public sealed class AgentRequestTests
{
    private const string Deferred = """{"name":"Later","input_schema":{},"defer_loading":true}""";

    private static readonly RequestDialect Strict = new()
    {
        SystemFirst = new("Templates refuse it.", EndpointId.ChatCompletions, EndpointId.Messages, EndpointId.Responses),
    };

    [Theory]
    [InlineData("llamacpp")]
    [InlineData("llamaswap")]
    [InlineData("sglang")]
    public void Mend_ClaudeCodeOnStrictTemplates_HasOneSystemAndNoDeferredTool(string engine)
    {
        var (sent, mended, removed) = Mended(engine, Fixture("claude-code.json"), EndpointId.Messages);

        var (before, after) = (sent["system"]!.AsArray(), mended["system"]!.AsArray());
        Assert.Equal(before.Skip(1).Select(Text), after.Take(2).Select(Text));
        Assert.Equal("\n\n" + InlineText(sent["messages"]![1]!["content"]!), Text(Assert.Single(after.Skip(2))));
        Assert.Equal(Roles(sent).Where(role => role != "system"), Roles(mended));
        Assert.DoesNotContain("DeferredToolPlaceholder", mended["tools"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(sent["tools"]!.AsArray().Count - 1, mended["tools"]!.AsArray().Count);
        Assert.Equal(["tools.defer_loading"], removed);
        Assert.Equal(engine == "sglang" ? null : "high", (string?)mended["chat_template_kwargs"]?["reasoning_effort"]);
    }

    [Fact]
    public void Mend_ClaudeCodeOnAnEngineThatJoinsByItself_KeepsItsMessages()
    {
        var (sent, mended, _) = Mended("vllm", Fixture("claude-code.json"), EndpointId.Messages);

        Assert.Equal(sent["messages"]!.ToJsonString(), mended["messages"]!.ToJsonString());
        Assert.Equal(sent["system"]!.AsArray().Skip(1).Select(Text), mended["system"]!.AsArray().Select(Text));
    }

    [Theory]
    [InlineData("llamacpp", 1)]
    [InlineData("llamacpp", 3)]
    [InlineData("vllm", 2)]
    public void Mend_CodexOnStrictTemplates_HasOneSystemMessage(string engine, int step)
    {
        var (sent, mended, _) = Mended(engine, Fixture($"agents/codex-{step}.json"), EndpointId.Responses);

        var (before, after) = (sent["input"]!.AsArray(), mended["input"]!.AsArray());
        var texts = before.Take(2).SelectMany(item => item!["content"]!.AsArray()).Select(Text);
        Assert.Equal("system", (string)after[0]!["role"]!);
        Assert.Equal(string.Join("\n\n", texts), (string)after[0]!["content"]!);
        Assert.Equal(before.Skip(2).Select(item => item!.ToJsonString()), after.Skip(1).Select(item => item!.ToJsonString()));
    }

    [Theory]
    [InlineData("claude-code.json", EndpointId.Messages)]
    [InlineData("agents/codex-1.json", EndpointId.Responses)]
    public void Mend_SettingOff_LeavesSystemTextsWhereTheyAre(string fixture, EndpointId endpoint)
    {
        var (sent, mended, _) = Mended("llamacpp", Fixture(fixture), endpoint, joins: false);

        var list = sent.ContainsKey("input") ? "input" : "messages";
        Assert.Equal(sent[list]!.ToJsonString(), mended[list]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"u"}, {"role":"system","content":"a\u0041"}]}""", """{"messages":[{"role":"system","content":"a\u0041"},{"role":"user","content":"u"}]}""")]
    [InlineData("""{"messages": [ {"role":"system","content":"a"} , {"role":"user", "content":"u"} , {"role":"developer","content":[{"type":"text","text":"b"}]}, {"role":"user","content":"v"} ],"n":1.0}""",
        """{"messages": [ {"role":"system","content":"a\n\nb"} , {"role":"user", "content":"u"}, {"role":"user","content":"v"} ],"n":1.0}""")]
    [InlineData("""{"messages":[{"role":"developer","content":"a"},{"role":"system","content":""},{"role":"system","content":"b"}]}""", """{"messages":[{"role":"system","content":"a\n\nb"}]}""")]
    public void Mend_ChatWithLateSystem_HasItFirst(string body, string expected) => Assert.Equal(expected, Editing.Edit(Strict, body));

    [Theory]
    [InlineData("""{"messages":[{"role":"system","content":"a"}, {"role":"user","content":"say \"system\" or \"developer\""}]}""")]
    [InlineData("""{"messages":[{"role":"developer","content":"a"},{"role":"user","content":"u"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"system"}],"name":"system"}]}""")]
    // What is no text cannot be joined, and what stands twice may be read in two ways.
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"system","content":[{"type":"image_url","image_url":{"url":"data:,"}}]}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"system","content":"a","content":"b"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"system"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"system","content":"a"}],"messages":[]}""")]
    [InlineData("""{"messages":"system","x":["system"]}""")]
    [InlineData("""{"messages":[],"x":"\"system\""}""")]
    public void Mend_ChatWithNothingToJoin_IsByteForByte(string body) => Assert.Equal(body, Editing.Edit(Strict, body));

    [Fact]
    public void Mend_LateSystemWhereTheProfileSaysNothing_IsByteForByte()
    {
        const string body = """{"messages":[{"role":"user","content":"u"},{"role":"system","content":"a"}]}""";
        Assert.Equal(body, Editing.Edit(new(), body));
        Assert.Equal(body, Editing.Edit(Strict, body, endpoint: EndpointId.Completions));
    }

    [Theory]
    [InlineData("""{"system":"a","messages":[{"role":"user","content":"u"},{"role":"system","content":"b"}]}""", """{"system":"a\n\nb","messages":[{"role":"user","content":"u"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"system","content":"b"}],"system":null}""", """{"messages":[{"role":"user","content":"u"}],"system":"b"}""")]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"system","content":"b"}]}""", """{"messages":[{"role":"user","content":"u"}],"system":"b"}""")]
    [InlineData("""{"system":[],"messages":[{"role":"user","content":"u"},{"role":"system","content":"b"}]}""", """{"system":"b","messages":[{"role":"user","content":"u"}]}""")]
    [InlineData("""{"system":[{"type":"text","text":"a"} ],"messages":[{"role":"system","content":"b"},{"role":"user","content":"u"}]}""",
        """{"system":[{"type":"text","text":"a"} ,{"type":"text","text":"\n\nb"}],"messages":[{"role":"user","content":"u"}]}""")]
    // A list of messages may not be empty.
    [InlineData("""{"system":"a","messages":[{"role":"system","content":"b"}]}""", null)]
    [InlineData("""{"system":7,"messages":[{"role":"user","content":"u"},{"role":"system","content":"b"}]}""", null)]
    public void Mend_MessagesWithInlineSystem_HaveItInFront(string body, string? expected) =>
        Assert.Equal(expected ?? body, Editing.Edit(Strict, body, endpoint: EndpointId.Messages));

    [Theory]
    [InlineData("""{"instructions":"a","input":[{"role":"developer","content":"b"},{"role":"user","content":"u"}]}""", """{"instructions":"a\n\nb","input":[{"role":"user","content":"u"}]}""")]
    [InlineData("""{"instructions":null,"input":[{"role":"developer","content":"b"},{"role":"user","content":"u"}]}""", null)]
    [InlineData("""{"input":[{"type":"function_call_output","role":"system","content":"b"},{"type":"x","role":"developer","content":"u"}]}""", null)]
    [InlineData("""{"input":"\"system\""}""", null)]
    public void Mend_ResponsesWithInstructions_HaveOneText(string body, string? expected) =>
        Assert.Equal(expected ?? body, Editing.Edit(Strict, body, endpoint: EndpointId.Responses));

    [Theory]
    [InlineData("""{"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=1;"}],"max_tokens":1}""", """{"max_tokens":1}""")]
    [InlineData("""{"system":[ {"type":"text","text":"x-anthropic-billing-header: a"}, {"type":"text","text":"b"} ]}""", """{"system":[ {"type":"text","text":"b"} ]}""")]
    [InlineData("""{"system":[{"type":"text","text":"See x-anthropic-billing-header"},{"type":"text","text":"b"}]}""", null)]
    [InlineData("""{"system":"x-anthropic-billing-header"}""", null)]
    public void Mend_BillingLine_IsLeftOut(string body, string? expected)
    {
        Assert.Equal(expected ?? body, Editing.Edit(new(), body, endpoint: EndpointId.Messages));
        Assert.Equal(body, Editing.Edit(new(), body, endpoint: EndpointId.ChatCompletions));
    }

    [Theory]
    [InlineData($$$"""{"tools":[{"name":"Now"}, {{{Deferred}}}],"tool_choice":{"type":"auto"}}""", """{"tools":[{"name":"Now"}],"tool_choice":{"type":"auto"}}""")]
    [InlineData($$$"""{"tools":[{{{Deferred}}}],"tool_choice":{"type":"auto"},"n":1}""", """{"n":1}""")]
    [InlineData($$$"""{"tools":[{{{Deferred}}}],"messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"tool_reference","tool_name":"Later"}]}]}]}""", null)]
    [InlineData($$$"""{"tools":[{{{Deferred}}}],"tool_choice":{"type":"tool","name":"Later"}}""", null)]
    [InlineData("""{"tools":[{"name":"defer_loading","defer_loading":false}]}""", null)]
    public void Mend_DeferredTools_AreLeftOutUntilTheyAreNamed(string body, string? expected)
    {
        Assert.Equal(expected ?? body, Editing.Edit(new(), body, endpoint: EndpointId.Messages));
        Assert.Equal(body, Editing.Edit(new() { SearchesTools = true }, body, endpoint: EndpointId.Messages));
    }

    [Theory]
    [InlineData("""{"output_config":{"effort":"max"}}""", """{"output_config":{"effort":"max"},"chat_template_kwargs":{"reasoning_effort":"high"}}""")]
    [InlineData("""{"output_config":{"effort":"low"},"chat_template_kwargs":{"x": 1}}""", """{"output_config":{"effort":"low"},"chat_template_kwargs":{"x": 1,"reasoning_effort":"low"}}""")]
    [InlineData("""{"thinking":{"type":"disabled"},"chat_template_kwargs":null}""", """{"thinking":{"type":"disabled"},"chat_template_kwargs":{"enable_thinking":false}}""")]
    [InlineData("""{"thinking":{"type":"disabled"},"chat_template_kwargs":{"enable_thinking":true}}""", null)]
    [InlineData("""{"thinking":{"type":"adaptive"},"output_config":{"effort":"loud"}}""", null)]
    [InlineData("""{"thinking":"disabled","output_config":[],"chat_template_kwargs":7}""", null)]
    public void Mend_ThinkingOfMessages_IsPassedToTheTemplate(string body, string? expected)
    {
        var dialect = new RequestDialect { ThinkingByTemplate = "It is not read." };
        Assert.Equal(expected ?? body, Editing.Edit(dialect, body, endpoint: EndpointId.Messages));
        Assert.Equal(body, Editing.Edit(dialect, body, endpoint: EndpointId.ChatCompletions));
        Assert.Equal(body, Editing.Edit(new(), body, endpoint: EndpointId.Messages));
    }

    [Theory]
    [InlineData("llamacpp", EndpointId.ChatCompletions)]
    [InlineData("ollama", EndpointId.ChatCompletions)]
    [InlineData("sglang", EndpointId.ChatCompletions)]
    [InlineData("llamacpp", EndpointId.Responses)]
    public void Mend_EmptyArguments_BecomeAnEmptyObject(string engine, EndpointId endpoint)
    {
        var chat = endpoint == EndpointId.ChatCompletions;
        var body = chat
            ? """{"messages":[{"role":"user","content":"\"arguments\":\"\""},{"role":"assistant","content":"","tool_calls":[{"id":"c","function":{"name":"f","arguments" : ""}},{"function":{"arguments":"{}"}}]}, {"role":"tool","x":{"arguments":""}}]}"""
            : """{"input":[{"type":"function_call","arguments" : "","name":"f"}, {"type":"x","y":{"arguments":""}}]}""";

        Assert.Equal(body.Replace("\"arguments\" : \"\"", "\"arguments\" : \"{}\"", StringComparison.Ordinal), Editing.Edit(EngineCatalog.Find(engine)!.Requests, body, endpoint: endpoint));
        Assert.Equal(body, Editing.Edit(EngineCatalog.Find("vllm")!.Requests, body, endpoint: endpoint));
    }

    private static string Fixture(string name) => Clone.Read($"tests/fixtures/translation/{name}");

    private static string Text(JsonNode? block) => (string)block!["text"]!;

    private static string InlineText(JsonNode content) => content is JsonArray blocks ? Text(blocks[0]) : (string)content!;

    private static IEnumerable<string> Roles(JsonObject request) => request["messages"]!.AsArray().Select(message => (string)message!["role"]!);

    private static (JsonObject Sent, JsonObject Mended, List<string>? Removed) Mended(string engine, string body, EndpointId endpoint, bool joins = true)
    {
        Assert.True(JsonMembers.TryParse(Encoding.UTF8.GetBytes(body), out var members, out var fault), fault);
        var mended = new BodyEditor(EngineCatalog.Find(engine)!.Requests, joinsSystem: joins).Edit(members, EndpointCatalog.Find(endpoint), null);
        return (JsonNode.Parse(body)!.AsObject(), JsonNode.Parse(mended.Edit.ToArray(body.Length))!.AsObject(), mended.Removed);
    }
}
