using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>What the client gets of streams as engines really send them, and of answers that are none.</summary>
public sealed class ResponsesStreamTests
{
    private const string Weather = """{"input":"hi","tools":[{"type":"function","name":"f"},{"type":"custom","name":"patch"}]}""";

    [Fact]
    public void ThinkingAndText_InOneChunk_ComeInThatOrder_AndAgain() =>
        Assert.Equal(
            ["reasoning A", "message B", "reasoning C", "message D"],
            Said("stop", """{"content":"B","reasoning_content":"A","reasoning":"A"}""", """{"reasoning":"C"}""", """{"content":"D"}"""));

    [Fact]
    public void EmptyPieces_OpenNothing() =>
        Assert.Equal(["function_call f {}"], Said("stop", """{"role":"assistant","content":"","reasoning":"","refusal":null}""", """{"content":null,"tool_calls":[{"index":0,"id":"c","function":{"name":"f"}}]}"""));

    [Fact]
    public void NothingAtAll_IsAnEmptyAnswer() => Assert.Empty(Said("stop", """{"role":"assistant"}"""));

    [Fact]
    public void Call_AndStop_IsACall() =>
        Assert.Equal(["message Well.", """function_call f {"a":1}"""], Said("stop", """{"content":"Well.","tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\"a\""}}]}""", """{"tool_calls":[{"index":0,"id":null,"type":null,"function":{"name":null,"arguments":":1}"}}]}"""));

    [Theory]
    [InlineData("\"index\":0,", "\"index\":0,")]
    [InlineData("", "")]
    [InlineData("\"index\":0,", "\"index\":1,")]
    public void WholeCalls_WithAnyIndex_StayTwo(string first, string second) =>
        Assert.Equal(
            ["""function_call f {"a":1}""", """function_call f {"a":2}"""],
            Said("tool_calls", $$$"""{"tool_calls":[{{{{first}}}"id":"a","function":{"name":"f","arguments":"{\"a\":1}"}}]}""", $$$"""{"tool_calls":[{{{{second}}}"id":"b","function":{"name":"f","arguments":"{\"a\":2}"}}]}"""));

    [Fact]
    public void WholeCalls_InOneChunkWithoutIndex_StayTwo() =>
        Assert.Equal(
            ["""function_call f {"a":1}""", """function_call f {"a":2}"""],
            Said("tool_calls", """{"tool_calls":[{"id":"a","function":{"name":"f","arguments":{"a":1}}},{"id":"b","function":{"name":"f","arguments":{"a":2}}}]}"""));

    [Fact]
    public void Call_WithAnotherIdInEveryPiece_StaysOne() =>
        Assert.Equal(
            ["""function_call f {"a":1}"""],
            Said("tool_calls", """{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\""}}]}""", """{"tool_calls":[{"index":0,"id":"b","function":{"name":"f","arguments":":1}"}}]}"""));

    [Theory]
    [InlineData("f", "{\\\"a\\\":2}", 2)]
    [InlineData("g", "{\\\"a\\\":1}", 2)]
    [InlineData("f", "{\\\"a\\\":1}", 1)]
    [InlineData("f", "", 1)]
    public void WholeCall_WithTheIdOfAnother_IsAnotherCallUnlessItSaysTheSame(string name, string arguments, int calls) =>
        Assert.Equal(
            calls,
            Said("tool_calls", """{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\":1}"}}]}""", $$$"""{"tool_calls":[{"index":0,"id":"a","function":{"name":"{{{name}}}","arguments":"{{{arguments}}}"}}]}""").Length);

    [Fact]
    public void TextBetweenArguments_WaitsForTheCall() =>
        Assert.Equal(
            ["""function_call f {"a":1}""", "message Hm. So."],
            Said("tool_calls", """{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\""}}]}""", """{"content":"Hm."}""", """{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}""", """{"content":" So."}"""));

    [Fact]
    public void BracesAndMarkers_InsideOfTexts_EndNothing() =>
        Assert.Equal(
            ["""function_call f {"a":"}\"\\","b":"[DONE]"}""", "message x"],
            Said("tool_calls", """{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\":\"}\\\"\\\\\",\u0022"}}]}""", """{"content":"x"}""", """{"tool_calls":[{"index":0,"function":{"arguments":"b\":\"[DONE]\"}"}}]}"""));

    [Fact]
    public void CallWithoutAName_IsNone() => Assert.Equal(["message x"], Said("stop", """{"tool_calls":[{"index":0,"id":"a"}]}""", """{"content":"x"}"""));

    [Fact]
    public void Calls_WithoutIdsOrWithOne_HaveIdsOfTheirOwn()
    {
        var output = ResponsesRun.Output(ResponsesRun.Deltas(
            ResponsesRun.Create(Weather), "tool_calls",
            """{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}},{"index":1,"id":"","function":{"name":"f","arguments":"{}"}},{"index":2,"id":"c","function":{"name":"f","arguments":"{}"}},{"index":3,"id":"c","function":{"name":"f","arguments":"{}"}}]}"""));

        Assert.Equal(4, output.Select(static item => (string?)item!["call_id"]).Distinct().Count());
        Assert.All(output, static item => Assert.NotEqual("", (string?)item!["call_id"]));
    }

    [Theory]
    [InlineData("""{\"input\":\"a \\u0022b\\u0022\"}""", "a \"b\"")]
    [InlineData("""{\"input\":\"\"}""", "")]
    [InlineData("""*** Begin Patch""", "*** Begin Patch")]
    [InlineData("""{\"patch\":1}""", "{\"patch\":1}")]
    [InlineData("""{\"input\":\"cut""", "{\"input\":\"cut")]
    public void FreeFormTool_GetsItsText(string arguments, string expected)
    {
        var output = ResponsesRun.Output(ResponsesRun.Deltas(ResponsesRun.Create(Weather), "tool_calls", $$$"""{"tool_calls":[{"index":0,"id":"a","function":{"name":"patch","arguments":"{{{arguments}}}"}}]}"""));

        Assert.Equal(expected, (string?)output[0]!["input"]);
        Assert.Null(output[0]!["status"]);
    }

    [Theory]
    [InlineData("length", "max_output_tokens")]
    [InlineData("content_filter", "content_filter")]
    public void Cut_IsToldOfTheAnswerAndOfItsLastItem(string finish, string reason)
    {
        var events = ResponsesRun.Deltas(
            ResponsesRun.Create(Weather), finish, """{"content":"a","tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\""}},{"index":1,"id":"b","function":{"name":"f","arguments":"{\"b\""}}]}""");
        var last = ResponsesLifecycle.Check(events);

        Assert.Equal(("incomplete", reason), ((string?)last["status"], (string?)last["incomplete_details"]!["reason"]));
        Assert.Null(last["completed_at"]);
        Assert.Equal(["completed", "incomplete", "incomplete"], last["output"]!.AsArray().Select(static item => (string?)item!["status"]));
    }

    [Fact]
    public void Usage_MayComeWithAnyChunk_AndIsARunningTotal()
    {
        var last = ResponsesLifecycle.Check(ResponsesRun.Stream(
            ResponsesRun.Create(Weather),
            """{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10,"reasoning_tokens":1}}""",
            """{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":100,"cache_write_tokens":2},"completion_tokens_details":{"reasoning_tokens":3}}}""",
            """{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":1e3,"prompt_tokens_details":null}}"""));

        Assert.Equal(
            """{"input_tokens":9,"input_tokens_details":{"cached_tokens":9,"cache_write_tokens":2},"output_tokens":4,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":13}""",
            last["usage"]!.ToJsonString());
    }

    [Fact]
    public void Logprobs_AreOnTheTextTheyBelongTo()
    {
        const string One = """{"token":"a","logprob":-0.10,"bytes":[97],"top_logprobs":[]}""";
        var events = ResponsesRun.Stream(
            ResponsesRun.Create("""{"input":"hi","top_logprobs":1}"""),
            $$$"""{"choices":[{"delta":{"content":"a"},"logprobs":{"content":[{{{One}}}]}}]}""",
            $$$"""{"choices":[{"logprobs":{"content":[{{{One}}}]},"delta":{"content":"a"},"finish_reason":"stop"}]}""");

        Assert.Equal($"[{One},{One}]", ResponsesRun.Output(events)[0]!["content"]![0]!["logprobs"]!.ToJsonString());
        Assert.All(events.Where(static one => (string?)one["type"] == "response.output_text.delta"), static one => Assert.Equal($"[{One}]", one["logprobs"]!.ToJsonString()));
    }

    [Fact]
    public void Text_InParts_IsText() => Assert.Equal(["message ab"], Said("stop", """{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"""));

    [Fact]
    public void OtherChoices_AndWhatIsNoChunk_SayNothing()
    {
        var events = ResponsesRun.Stream(
            ResponsesRun.Create(Weather), "", "[1]", "{", "{\"choices\":7}", "{\"a\":1}", """{"choices":[1,null,{"index":1,"delta":{"content":"no"}},{"index":0,"delta":{"content":"yes"},"finish_reason":"stop"},{"index":0,"delta":{"content":"no"}}]}""");

        Assert.Equal(["message yes"], ResponsesRun.Output(events).Select(Say));
    }

    [Fact]
    public void Model_IsTheEnginesOwn()
    {
        var events = ResponsesRun.Stream(ResponsesRun.Create(Weather), """{"model":"real\u0022","choices":[{"delta":{},"finish_reason":"stop"}]}""");

        Assert.All(events, static one => Assert.Equal("real\"", (string?)one["response"]!["model"]));
    }

    [Fact]
    public void End_WithoutAFinish_IsAFailure()
    {
        var last = ResponsesLifecycle.Check(ResponsesRun.Stream(ResponsesRun.Create(Weather), """{"choices":[{"delta":{"content":"I will"}}]}"""));

        Assert.Equal(("failed", "server_error"), ((string?)last["status"], (string?)last["error"]!["code"]));
    }

    [Theory]
    [InlineData(429, "overloaded", "rate_limit_exceeded")]
    [InlineData(400, "context_length_exceeded", "context_length_exceeded")]
    [InlineData(400, "other", "invalid_prompt")]
    [InlineData(502, "stream_interrupted", "server_error")]
    public void Failure_BeforeAnything_IsAWholeLifecycle(int status, string code, string expected)
    {
        var translation = ResponsesRun.Create(Weather);
        var output = new ArrayBufferWriter<byte>();
        translation.WriteFailure(status, code, "It \"broke\" \ud800.", output);
        var written = output.WrittenCount;

        // Nothing follows the end.
        translation.WriteChunk("""{"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}"""u8, output);
        translation.WriteEnd(output);
        translation.WriteFailure(500, "", "", output);
        Assert.Equal(written, output.WrittenCount);
        var events = ResponsesRun.Events(output.WrittenSpan);
        Assert.Equal((3, "failed"), (events.Count, (string?)ResponsesLifecycle.Check(events)["status"]));
        Assert.Equal((expected, "It \"broke\" \ufffd."), ((string?)events[^1]["response"]!["error"]!["code"], (string?)events[^1]["response"]!["error"]!["message"]));
    }

    [Fact]
    public void TooManyCalls_AreAFailure()
    {
        var calls = string.Join(',', Enumerable.Range(0, 1025).Select(static i => $$$"""{"index":{{{i}}},"id":"c{{{i}}}","function":{"name":"f","arguments":"{}"}}"""));

        Assert.Equal("failed", (string?)ResponsesLifecycle.Check(ResponsesRun.Deltas(ResponsesRun.Create(Weather), "tool_calls", $$"""{"tool_calls":[{{calls}}]}"""))["status"]);
        Assert.Null(ResponsesRun.Plain(ResponsesRun.Create(Weather), ResponsesRun.Completion($$"""{"tool_calls":[{{calls}}]}""")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("""{"id":"c","choices":[],"usage":{"prompt_tokens":1}}""")]
    [InlineData("""{"id":"c"}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"x"},"finish_reason":null}]}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"x"},"finish_reason":"stop"}]} x""")]
    [InlineData("""{"error":{"message":"x"}}""")]
    public void Answer_ThatIsNone_IsNoAnswer(string completion) => Assert.Null(ResponsesRun.Plain(ResponsesRun.Create(Weather), completion));

    [Fact]
    public void Answer_WithInvalidText_IsNoAnswer() =>
        Assert.False(ResponsesRun.Create(Weather).TryWriteAnswer([.. "{\"choices\":[{\"message\":{\"content\":\""u8, 0xff, .. "\"},\"finish_reason\":\"stop\"}]}"u8], new ArrayBufferWriter<byte>()));

    [Fact]
    public void Event_OfText_AllocatesNothing()
    {
        var translation = ResponsesRun.Create(Weather);
        var output = new ArrayBufferWriter<byte>(1024 * 1024);
        var chunk = Encoding.UTF8.GetBytes("""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}""");
        for (var i = 0; i < 600; i++)
        {
            translation.WriteChunk(chunk, output);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 300; i++)
        {
            translation.WriteChunk(chunk, output);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string[] Said(string finish, params string[] deltas)
    {
        var streamed = ResponsesRun.Output(ResponsesRun.Deltas(ResponsesRun.Create(Weather), finish, deltas)).Select(Say).ToArray();
        if (deltas.Length == 1)
        {
            var plain = ResponsesRun.Plain(ResponsesRun.Create(Weather), ResponsesRun.Completion(deltas[0], finish))!;
            Assert.Equal(streamed, plain["output"]!.AsArray().Select(Say));
        }

        return streamed;
    }

    private static string Say(JsonNode? item) => (string?)item!["type"] switch
    {
        "function_call" => $"function_call {item["name"]} {item["arguments"]}",
        var type => $"{type} {item["content"]![0]!["text"] ?? item["content"]![0]!["refusal"]}",
    };
}
