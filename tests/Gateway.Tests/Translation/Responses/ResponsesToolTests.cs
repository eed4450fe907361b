using System.Text.Json.Nodes;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>Tools on their way to the engine, and the names by which their calls come back.</summary>
public sealed class ResponsesToolTests
{
    private const string Spawn = """{"type":"namespace","name":"agents","description":"About agents.","tools":[{"type":"function","name":"spawn","description":"Starts one.","parameters":{"a":1}},{"type":"custom","name":"note"}]}""";

    [Fact]
    public void Namespace_IsFlattened_AndItsCallsComeBack()
    {
        var translation = ResponsesRun.Create($$"""{"input":"hi","tools":[{{Spawn}}]}""");
        var tools = JsonNode.Parse(translation.Body.Span)!["tools"]!;

        Assert.Equal("""{"type":"function","function":{"name":"agents__spawn","description":"About agents.\n\nStarts one.","parameters":{"a":1}}}""", ResponsesRequestTests.Written(tools[0]));
        Assert.Equal("agents__note", (string?)tools[1]!["function"]!["name"]);
        Assert.Null(tools[1]!["function"]!["description"]);

        var output = ResponsesRun.Plain(translation, ResponsesRun.Completion(
            """{"content":"","tool_calls":[{"id":"c1","function":{"name":"agents__spawn","arguments":"{}"}},{"id":"c2","function":{"name":"agents__note","arguments":"{\"input\":\"x\"}"}}]}""", "tool_calls"))!["output"]!;
        Assert.Equal("""{"type":"function_call","id":"fc_0002","call_id":"c1","name":"spawn","namespace":"agents","arguments":"{}","status":"completed"}""", output[0]!.ToJsonString());
        Assert.Equal("""{"type":"custom_tool_call","id":"ctc_0003","call_id":"c2","name":"note","namespace":"agents","input":"x"}""", output[1]!.ToJsonString());
    }

    [Fact]
    public void Namespace_InHistoryAndChoice_HasTheSameNames()
    {
        var body = ResponsesRun.Body(
            $$$"""
            {"input":[{"type":"function_call","call_id":"c","namespace":"agents","name":"spawn","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"ok"}],
             "tools":[{{{Spawn}}}],"tool_choice":{"type":"function","namespace":"agents","name":"spawn"}}
            """);

        Assert.Equal("agents__spawn", (string?)body["messages"]![0]!["tool_calls"]![0]!["function"]!["name"]);
        Assert.Equal("agents__spawn", (string?)body["tool_choice"]!["function"]!["name"]);
    }

    [Fact]
    public void Names_ThatWouldBeOne_StayTwo()
    {
        var translation = ResponsesRun.Create(
            """{"input":"hi","tools":[{"type":"function","name":"a__b"},{"type":"namespace","name":"a","tools":[{"type":"function","name":"b"}]},{"type":"custom","name":"a__b"}]}""");
        var names = JsonNode.Parse(translation.Body.Span)!["tools"]!.AsArray().Select(static tool => (string)tool!["function"]!["name"]!).ToArray();

        Assert.Equal(3, names.Distinct().Count());
        var calls = string.Join(',', names.Select(static name => $$$"""{"id":"id_{{{name}}}","function":{"name":"{{{name}}}","arguments":"{\"input\":\"x\"}"}}"""));
        var output = ResponsesRun.Plain(translation, ResponsesRun.Completion($$"""{"tool_calls":[{{calls}}]}"""))!["output"]!.AsArray();
        Assert.Equal([("a__b", null, "function_call"), ("b", "a", "function_call"), ("a__b", null, "custom_tool_call")], output.Select(static item => ((string?)item!["name"], (string?)item["namespace"], (string?)item["type"])));
    }

    [Fact]
    public void LongName_HasAnAlias_EverywhereTheSame()
    {
        var name = "get_weather_" + new string('x', 60);
        var request = $$$"""
            {"input":[{"type":"function_call","call_id":"c","name":"{{{name}}}","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"ok"}],
             "tools":[{"type":"function","name":"{{{name}}}"},{"type":"function","name":"{{{name}}}y"}],"tool_choice":{"type":"function","name":"{{{name}}}"}}
            """;
        var translation = ResponsesRun.Create(request);
        var body = JsonNode.Parse(translation.Body.Span)!;
        var alias = (string)body["tools"]![0]!["function"]!["name"]!;

        Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", alias);
        Assert.NotEqual(alias, (string?)body["tools"]![1]!["function"]!["name"]);
        Assert.Equal(alias, (string?)body["tool_choice"]!["function"]!["name"]);
        Assert.Equal(alias, (string?)body["messages"]![0]!["tool_calls"]![0]!["function"]!["name"]);

        // A later request offers the tool no more, and has it in its history.
        var later = ResponsesRun.Body($$"""{"input":[{"type":"function_call","call_id":"c","name":"{{name}}","arguments":"{}"}]}""");
        Assert.Equal(alias, (string?)later["messages"]![0]!["tool_calls"]![0]!["function"]!["name"]);
        Assert.Equal(name, (string?)ResponsesRun.Plain(translation, ResponsesRun.Completion($$$"""{"tool_calls":[{"id":"c","function":{"name":"{{{alias}}}","arguments":"{}"}}]}"""))!["output"]![0]!["name"]);
    }

    [Fact]
    public void ServerTools_AreLeftOutAndSaid()
    {
        var translation = ResponsesRun.Create(
            """
            {"input":"hi","parallel_tool_calls":false,"tool_choice":"auto","tools":[{"type":"web_search","external_web_access":true},{"type":"mcp","server_url":"http://a"},{"type":"web_search"},
             {"type":"function","name":"later","defer_loading":true},{"type":"bad\nname"}]}
            """);

        Assert.Equal("""{"model":"test-model","messages":[{"role":"user","content":"hi"}]}""", JsonNode.Parse(translation.Body.Span)!.ToJsonString());
        Assert.Equal(["web_search", "mcp", "defer_loading", "unknown"], translation.LeftOut);
    }

    [Theory]
    [InlineData("\"required\"", "\"required\"", "a,b")]
    [InlineData("\"none\"", "\"none\"", "a,b")]
    [InlineData("null", null, "a,b")]
    [InlineData("""{"type":"function","name":"b"}""", """{"type":"function","function":{"name":"b"}}""", "a,b")]
    [InlineData("""{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"b"},{"type":"web_search"}]}""", "\"required\"", "b")]
    [InlineData("""{"type":"allowed_tools","tools":[{"type":"function","name":"a"}]}""", "\"auto\"", "a")]
    [InlineData("""{"type":"allowed_tools","mode":"auto","tools":[]}""", null, "")]
    public void Choice_IsThatOfChat(string choice, string? expected, string offered)
    {
        var body = ResponsesRun.Body($$"""{"input":"hi","parallel_tool_calls":false,"tools":[{"type":"function","name":"a"},{"type":"function","name":"b"}],"tool_choice":{{choice}}}""");

        Assert.Equal(expected, body["tool_choice"]?.ToJsonString());
        Assert.Equal(offered, string.Join(',', body["tools"]?.AsArray().Select(static tool => (string?)tool!["function"]!["name"]) ?? []));
        Assert.Equal(offered.Length > 0 ? "false" : null, body["parallel_tool_calls"]?.ToJsonString());
    }

    [Theory]
    [InlineData("""{"type":"web_search"}""")]
    [InlineData("""{"type":"mcp","server_label":"s","name":"n"}""")]
    [InlineData("""{"type":"function","name":"absent"}""")]
    [InlineData("""{"type":"custom","name":"a"}""")]
    [InlineData("""{"type":"allowed_tools","mode":"required","tools":[{"type":"web_search"}]}""")]
    [InlineData("""{"type":"allowed_tools","mode":"any","tools":[]}""")]
    [InlineData("\"any\"")]
    [InlineData("7")]
    public void Choice_OfAToolThatIsNotOffered_IsRefused(string choice)
    {
        var error = ResponsesRun.Refused($$"""{"input":"hi","tools":[{"type":"function","name":"a"},{"type":"web_search"}],"tool_choice":{{choice}}}""");

        Assert.Equal((400, "tool_choice"), (error.Status, error.Param));
    }

    [Theory]
    [InlineData("7", "tools")]
    [InlineData("""[{"type":"function","function":{"name":"a"}}]""", "tools[0].name")]
    [InlineData("""[{"type":"web_search"},{"type":"namespace","name":"n","tools":[{"type":"function"}]}]""", "tools[1].tools[0].name")]
    [InlineData("""[{"type":"namespace","tools":[]}]""", "tools[0].name")]
    public void Tools_WithoutANameOrNoList_AreRefused(string tools, string param)
    {
        var error = ResponsesRun.Refused($$"""{"input":"hi","tools":{{tools}}}""");

        Assert.Equal((400, param), (error.Status, error.Param));
    }

    [Fact]
    public void FiveHundredTools_AreOffered()
    {
        var tools = Enumerable.Range(0, 500).Select(static i => $$"""{"type":"function","name":"tool_{{i}}","parameters":{"type":"object"},"strict":true}""");
        var body = ResponsesRun.Body($$"""{"input":"hi","tools":[{{string.Join(',', tools)}}]}""");

        Assert.Equal(500, body["tools"]!.AsArray().Count);
        Assert.True((bool)body["tools"]![499]!["function"]!["strict"]!);
    }

    [Fact]
    public void TooManyTools_AreRefused() =>
        Assert.Equal("tools", ResponsesRun.Refused($$"""{"input":"hi","tools":[{{string.Join(',', Enumerable.Repeat("""{"type":"a"}""", 4097))}}]}""").Param);
}
