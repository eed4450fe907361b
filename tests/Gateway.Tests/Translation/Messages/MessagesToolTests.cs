using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Translation;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>Tools, their names, their ids and their results.</summary>
public sealed class MessagesToolTests
{
    [Theory]
    [InlineData("web_search_20250305")]
    [InlineData("web_fetch_20250910")]
    [InlineData("code_execution_20250825")]
    [InlineData("tool_search_tool_regex_20251119")]
    [InlineData("mcp_toolset")]
    public void ServerTool_IsLeftOutAndNamed(string type)
    {
        var translation = MessagesRig.Create(MessagesRig.With($$"""
            "tools":[{"type":"{{type}}","name":"served"},{{MessagesRig.Tool}}],"tool_choice":{"type":"any"}
            """));

        Assert.Equal([$"tools.{type}"], translation.LeftOut);
        Assert.Equal("get_weather", Assert.Single(JsonDocument.Parse(translation.Body).RootElement.GetProperty("tools").EnumerateArray()).GetProperty("function").GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("""{"type":"tool","name":"served"}""", "tool_choice.name")]
    [InlineData("""{"type":"any"}""", "tool_choice")]
    [InlineData("""{"type":"some"}""", "tool_choice.type")]
    public void Choice_OfWhatIsLeftOut_IsRefused(string choice, string name) =>
        Assert.Equal(name, MessagesRig.Refused(MessagesRig.With($$"""
            "tools":[{"type":"web_search_20250305","name":"served"}],"tool_choice":{{choice}}
            """)).Param);

    [Fact]
    public void Choice_AutoWithNoToolLeft_IsLeftOutToo()
    {
        var chat = MessagesRig.Chat(MessagesRig.With("""
            "tools":[{"type":"web_search_20250305","name":"served"}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true}
            """));

        Assert.False(chat.TryGetProperty("tools", out _) || chat.TryGetProperty("tool_choice", out _) || chat.TryGetProperty("parallel_tool_calls", out _));
    }

    [Theory]
    [InlineData("""{"type":"bash_20250124","name":"bash"}""", "tools.0.type")]
    [InlineData("""{"type":"text_editor_20250728","name":"e"}""", "tools.0.type")]
    [InlineData("""{"type":"strange_1","name":"e"}""", "tools.0.type")]
    [InlineData("""{"name":"f"}""", "tools.0.input_schema")]
    [InlineData("""{"input_schema":{}}""", "tools.0.name")]
    [InlineData("""{"name":"f","input_schema":{},"allowed_callers":["code_execution_20250825"]}""", "tools.0.allowed_callers")]
    [InlineData("""{"name":"f","input_schema":{}},{"name":"f","input_schema":{}}""", "tools.1.name")]
    public void Tool_ThatCannotBeOffered_IsRefusedByName(string tools, string name) => Assert.Equal(name, MessagesRig.Refused(MessagesRig.With($"\"tools\":[{tools}]")).Param);

    [Fact]
    public void DeferredTool_OnceReferredToOrCalled_IsOffered()
    {
        var request = MessagesRig.Results("""{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"tool_reference","tool_name":"found"}]}""").TrimEnd();
        var translation = MessagesRig.Create(request[..^1] + """
            ,"tools":[{"name":"get_weather","input_schema":{},"defer_loading":true},{"name":"found","input_schema":{},"defer_loading":true},{"name":"hidden","input_schema":{},"defer_loading":true}]}
            """);

        var chat = JsonDocument.Parse(translation.Body).RootElement;
        Assert.Equal(["get_weather", "found"], chat.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()));
        Assert.Equal("found", chat.GetProperty("messages")[2].GetProperty("content").GetString());
        Assert.Equal(["tools.defer_loading"], translation.LeftOut);
    }

    [Fact]
    public void ToolResults_OfOneTurn_StandBehindTheCallsAndBeforeTheText()
    {
        var messages = MessagesRig.Chat(MessagesRig.Results("""
            {"type":"text","text":"See:"},{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
            {"type":"tool_result","tool_use_id":"call_2","content":[{"type":"image","source":{"type":"url","url":"https://i"}}]},{"type":"tool_result","tool_use_id":"call_3"}
            """)).GetProperty("messages");

        Assert.Equal(["user", "assistant", "tool", "tool", "tool", "user"], messages.EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        Assert.Equal(["a\nb", "The image follows.", ""], messages.EnumerateArray().Skip(2).Take(3).Select(message => message.GetProperty("content").GetString()));
        Assert.Equal(["See:", "Image from the result of tool call call_2:"], messages[5].GetProperty("content").EnumerateArray().Take(2).Select(part => part.GetProperty("text").GetString()));
        Assert.Equal("https://i", messages[5].GetProperty("content")[2].GetProperty("image_url").GetProperty("url").GetString());
    }

    [Fact]
    public void ToolResult_DocumentsAndSearchResults_AreItsText()
    {
        var content = MessagesRig.Chat(MessagesRig.Results("""
            {"type":"tool_result","tool_use_id":"call_1","is_error":true,"content":[{"type":"document","title":"d","source":{"type":"content","content":[{"type":"text","text":"x"}]}},
            {"type":"document","source":{"type":"content","content":"y"}},{"type":"search_result","title":"t","source":"s","content":[{"type":"text","text":"z"}]}]}
            """)).GetProperty("messages")[2].GetProperty("content").GetString();

        Assert.Equal("[The tool failed] [Document: d]\n\nx\ny\nt\ns\nz", content);
    }

    [Theory]
    [InlineData("call_1")]
    [InlineData("toolu_01AbC-dEf")]
    [InlineData("functions.get_weather:0")]
    [InlineData("call/with+punct=and.dots:1")]
    [InlineData("tid_")]
    [InlineData("tid_Y2FsbF8x")]
    [InlineData(" ")]
    [InlineData("é\"\\\n\u0001日本")]
    public void ToolId_AnyBytes_GoesBackAsTheEngineWroteIt(string id)
    {
        var caller = Caller(id);

        Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", caller);
        Assert.Equal(id, Engine(caller));
    }

    [Fact]
    public void ToolId_TooLongToBeEncoded_IsOneDigestEverywhere()
    {
        var (one, other) = (Caller(new string('x', 205)), Caller(new string('x', 204) + "y"));

        Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", one);
        Assert.NotEqual(one, other);
        Assert.Equal(one, Caller(new string('x', 205)));
        Assert.Equal(one, Engine(one));
    }

    [Theory]
    [InlineData("tid_!")]
    [InlineData("tid_YQ==")]
    [InlineData("tid_YR")]
    [InlineData("tid__w")]
    public void ToolId_OfTheCaller_ThatOnlyBeginsAsOurs_StaysAsItIs(string id) => Assert.Equal(id, Engine(id));

    [Fact]
    public void ToolName_OverSixtyFourLetters_IsOneAliasEverywhereAndComesBackWhole()
    {
        var (one, other) = ("get_" + new string('x', 80) + "_a", "get_" + new string('x', 80) + "_b");
        var request = $$$"""
            {"max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"{{{one}}}","input":{}}]},{"role":"user","content":"go"}],
            "tools":[{"name":"{{{one}}}","input_schema":{}},{"name":"{{{other}}}","input_schema":{}}],"tool_choice":{"type":"tool","name":"{{{one}}}"}}
            """;
        var chat = MessagesRig.Chat(request);
        var aliases = chat.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()!).ToArray();

        Assert.All(aliases, alias => Assert.Matches("^[a-zA-Z0-9_-]{64}$", alias));
        Assert.NotEqual(aliases[0], aliases[1]);
        Assert.Equal(aliases[0], chat.GetProperty("messages")[0].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal(aliases[0], chat.GetProperty("tool_choice").GetProperty("function").GetProperty("name").GetString());

        var call = $$$"""{"id":"c","function":{"name":"{{{aliases[1]}}}","arguments":"{}"}}""";
        Assert.Equal(other, MessagesRig.Answer($$"""{"message":{"tool_calls":[{{call}}]},"finish_reason":"tool_calls"}""", request).GetProperty("content")[0].GetProperty("name").GetString());
        Assert.Equal(other, Assert.Single(MessagesRig.Stream(request, $$"""
            "delta":{"tool_calls":[{{call}}]},"finish_reason":"tool_calls"
            """).Calls).Name);
    }

    private static string Caller(string id)
    {
        var output = new ArrayBufferWriter<byte>();
        MessagesToolIds.WriteForCaller(output, JsonEncodedText.Encode(id).EncodedUtf8Bytes);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Engine(string id)
    {
        var output = new ArrayBufferWriter<byte>();
        MessagesToolIds.WriteForEngine(output, JsonEncodedText.Encode(id).EncodedUtf8Bytes);
        return JsonDocument.Parse($"\"{Encoding.UTF8.GetString(output.WrittenSpan)}\"").RootElement.GetString()!;
    }
}
