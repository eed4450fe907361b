using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>What a session has said before, as the engine gets it.</summary>
public sealed class ResponsesHistoryTests
{
    [Fact]
    public void Turns_AreOneMessageEach_AndOutputsComeBehind()
    {
        var messages = Messages(
            """
            {"role":"user","content":"go"},
            {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"S1"},{"type":"summary_text","text":"S2"}]},
            {"type":"function_call","call_id":"c1","name":"f","arguments":" "},
            {"role":"assistant","content":[{"type":"output_text","text":"A"},{"type":"refusal","refusal":"B"}]},
            {"role":"assistant","content":"C"},
            {"type":"function_call_output","call_id":"c1","output":"one"},
            {"type":"function_call","call_id":"c2","name":"f","arguments":{"n":9007199254740993}},
            {"type":"function_call_output","call_id":"c2","output":[]},
            {"role":"user","content":[]}
            """);

        Assert.Equal(
            """
            [{"role":"user","content":"go"},
            {"role":"assistant","content":"AB\n\nC","reasoning_content":"S1\n\nS2","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"c1","content":"one"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"c2","type":"function","function":{"name":"f","arguments":"{\"n\":9007199254740993}"}}]},
            {"role":"tool","tool_call_id":"c2","content":""},
            {"role":"user","content":""}]
            """.ReplaceLineEndings(""),
            messages);
    }

    [Fact]
    public void Media_OfOutputs_FollowsTheLastOfThem()
    {
        var messages = Messages(
            """
            {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
            {"type":"function_call","call_id":"c2","name":"f","arguments":"{}"},
            {"type":"function_call_output","call_id":"c1","output":[{"type":"input_image","image_url":"data:,1"}]},
            {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"a"},{"type":"input_file","filename":"b.txt","file_data":"data:text/plain;base64,Yg=="},{"type":"input_file","filename":"c.pdf","file_data":"data:,2"}]},
            {"role":"assistant","content":"seen"}
            """);

        Assert.Contains(
            """
            {"role":"tool","tool_call_id":"c1","content":"The output is in the next message."},
            {"role":"tool","tool_call_id":"c2","content":"a\nb.txt:\n\nb"},
            {"role":"user","content":[{"type":"text","text":"From the output of the tool call c1:"},{"type":"image_url","image_url":{"url":"data:,1"}},
            {"type":"text","text":"From the output of the tool call c2:"},{"type":"file","file":{"filename":"c.pdf","file_data":"data:,2"}}]},
            {"role":"assistant","content":"seen"}
            """.ReplaceLineEndings(""),
            messages,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_OfOneTool_StayApartByTheirCalls()
    {
        var messages = Messages(
            """
            {"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call","call_id":"b","name":"f","arguments":"{}"},
            {"type":"function_call_output","call_id":"b","output":"B"},{"type":"function_call_output","call_id":"a","output":"A"}
            """);

        Assert.EndsWith("""{"role":"tool","tool_call_id":"b","content":"B"},{"role":"tool","tool_call_id":"a","content":"A"}]""", messages, StringComparison.Ordinal);
    }

    [Fact]
    public void ShellCalls_StayCalls()
    {
        var messages = Messages(
            """
            {"type":"local_shell_call","id":"lsh_1","call_id":"c1","action":{"type":"exec","command":["ls"]}},
            {"type":"local_shell_call_output","id":"c1","output":"x"},
            {"type":"shell_call","call_id":"c2","action":{"commands":["ls"]}},
            {"type":"shell_call_output","call_id":"c2","output":[{"stdout":"x","stderr":""}]}
            """);

        Assert.Equal(
            """
            [{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"local_shell","arguments":"{\"type\":\"exec\",\"command\":[\"ls\"]}"}}]},
            {"role":"tool","tool_call_id":"c1","content":"x"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"c2","type":"function","function":{"name":"shell","arguments":"{\"commands\":[\"ls\"]}"}}]},
            {"role":"tool","tool_call_id":"c2","content":"[{\"stdout\":\"x\",\"stderr\":\"\"}]"}]
            """.ReplaceLineEndings(""),
            messages);
    }

    [Fact]
    public void ItemsOfServerTools_AreLeftOutAndSaid()
    {
        var translation = ResponsesRun.Create(
            """{"input":[{"role":"user","content":"hi"},{"type":"web_search_call","id":"ws_1"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAA"},{"type":"reasoning","id":"rs_2","summary":[]}]}""");

        Assert.Equal("""[{"role":"user","content":"hi"}]""", ResponsesRequestTests.Written(JsonNode.Parse(translation.Body.Span)!["messages"]));
        Assert.Equal(["web_search_call", "reasoning.encrypted_content"], translation.LeftOut);
    }

    [Fact]
    public void Reasoning_ThatWasWrapped_ComesBack()
    {
        var answer = ResponsesRun.Plain(
            ResponsesRun.Create("""{"input":"hi","include":["reasoning.encrypted_content"]}"""), ResponsesRun.Completion("""{"reasoning":"\"THINK\" \u00e9 漢","content":"ok"}"""))!;
        var item = answer["output"]![0]!;
        var wrapped = (string?)item["encrypted_content"];

        Assert.Equal("\"THINK\" é 漢", (string?)item["content"]![0]!["text"]);
        var body = ResponsesRun.Body($$"""{"input":[{"type":"reasoning","summary":[],"encrypted_content":"{{wrapped}}"},{"role":"assistant","content":"ok"}]}""");
        Assert.Equal("\"THINK\" é 漢", (string?)body["messages"]![0]!["reasoning_content"]);
        Assert.Equal("ok", (string?)body["messages"]![0]!["content"]);
    }

    [Theory]
    [InlineData("\"}]")]
    [InlineData("\u0001")]
    [InlineData("\\ud")]
    public void Reasoning_ThatWasForged_IsLeftOut(string words)
    {
        var translation = ResponsesRun.Create(
            $$"""{"input":[{"role":"user","content":"hi"},{"type":"reasoning","summary":[],"encrypted_content":"gateway.1.{{Convert.ToBase64String(Encoding.UTF8.GetBytes(words))}}"}]}""");

        Assert.Equal(["reasoning.encrypted_content"], translation.LeftOut);
        Assert.Equal("""[{"role":"user","content":"hi"}]""", JsonNode.Parse(translation.Body.Span)!["messages"]!.ToJsonString());
    }

    [Theory]
    [InlineData("call_1")]
    [InlineData("functions.get_weather:0")]
    [InlineData("functions:get_weather.0")]
    [InlineData("call/with+punct=and.dots:1")]
    [InlineData("gw-e-call_1")]
    [InlineData("gw-h-call_1")]
    [InlineData("an id with é and 漢")]
    [InlineData("c")]
    public void CallId_GoesToTheClientInItsForm_AndComesBackAsItWas(string id)
    {
        var output = ResponsesRun.Plain(ResponsesRun.Create("""{"input":"hi"}"""), ResponsesRun.Completion($$$"""{"tool_calls":[{"id":"{{{id}}}","function":{"name":"f","arguments":"{}"}}]}"""))!["output"]!;
        var given = (string)output[0]!["call_id"]!;
        Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", given);

        var messages = ResponsesRun.Body($$"""{"input":[{"type":"function_call","call_id":"{{given}}","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"{{given}}","output":"x"}]}""")["messages"]!;
        Assert.Equal((id, id), ((string?)messages[0]!["tool_calls"]![0]!["id"], (string?)messages[1]!["tool_call_id"]));
    }

    [Fact]
    public void CallIds_ThatAreTooLong_StayDifferent()
    {
        var calls = string.Join(',', Enumerable.Range(0, 3).Select(static i => $$$"""{"id":"{{{new string('x', 200)}}}{{{i % 2}}}","function":{"name":"f","arguments":"{}"}}"""));
        var ids = ResponsesRun.Plain(ResponsesRun.Create("""{"input":"hi"}"""), ResponsesRun.Completion($$"""{"tool_calls":[{{calls}}]}"""))!["output"]!.AsArray().Select(static item => (string)item!["call_id"]!).ToArray();

        Assert.All(ids, static id => Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", id));
        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equal(ids[0], ResponsesRun.Plain(ResponsesRun.Create("""{"input":"hi"}"""), ResponsesRun.Completion($$"""{"tool_calls":[{{calls}}]}"""))!["output"]![0]!["call_id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Codex_IsTakenWhole(int step)
    {
        var request = JsonNode.Parse(Clone.Read($"tests/fixtures/translation/agents/codex-{step}.json"))!;
        var translation = ResponsesRun.Create(request.ToJsonString());
        var body = JsonNode.Parse(translation.Body.Span)!;
        var roles = body["messages"]!.AsArray().Select(static message => (string?)message!["role"]);

        Assert.Equal(["system", "user", "user", .. Enumerable.Repeat(new[] { "assistant", "tool" }, step - 1).SelectMany(static pair => pair)], roles);
        var texts = request["input"]!.AsArray().Where(static item => (string?)item!["role"] == "developer").SelectMany(static item => item!["content"]!.AsArray()).Select(static part => (string?)part!["text"]);
        Assert.Equal(string.Join("\n\n", texts), (string?)body["messages"]![0]!["content"]);
        Assert.Equal(12, body["tools"]!.AsArray().Count);
        Assert.Equal(5, body["tools"]!.AsArray().Count(static tool => ((string)tool!["function"]!["name"]!).StartsWith("multi_agent_v1__", StringComparison.Ordinal)));
        Assert.Equal(["messages", "model", "parallel_tool_calls", "stream", "stream_options", "tool_choice", "tools"], body.AsObject().Select(static member => member.Key).Order());
        Assert.Equal(["web_search"], translation.LeftOut);
    }

    private static string Messages(string items) => ResponsesRequestTests.Written(ResponsesRun.Body($$"""{"input":[{{items}}]}""")["messages"])!;
}
