using System.Buffers;
using System.Text;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>What becomes of an engine's answer, plain and streamed.</summary>
public sealed class MessagesAnswerTests
{
    private const string Done = "\"delta\":{},\"finish_reason\":\"tool_calls\"";

    [Theory]
    [InlineData("stop", "end_turn")]
    [InlineData("length", "max_tokens")]
    [InlineData("content_filter", "refusal")]
    [InlineData("banana", "end_turn")]
    public void StopReason_IsTheSamePlainAndStreamed(string finish, string reason)
    {
        Assert.Equal(reason, MessagesRig.Answer($$$"""{"message":{"content":"x"},"finish_reason":"{{{finish}}}"}""").GetProperty("stop_reason").GetString());
        Assert.Equal(reason, MessagesRig.Stream(MessagesRig.Hello, "\"delta\":{\"content\":\"x\"}", $"\"delta\":{{}},\"finish_reason\":\"{finish}\"").StopReason);
    }

    [Theory]
    [InlineData("stop", "tool_use")]
    [InlineData("tool_calls", "tool_use")]
    [InlineData("function_call", "tool_use")]
    [InlineData("banana", "tool_use")]
    [InlineData("length", "max_tokens")]
    [InlineData("content_filter", "refusal")]
    public void StopReason_OfACall_IsToolUseUnlessItWasCut(string finish, string reason)
    {
        const string Call = """{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}""";

        Assert.Equal(reason, MessagesRig.Answer($$$"""{"message":{"tool_calls":[{{{Call}}}]},"finish_reason":"{{{finish}}}"}""").GetProperty("stop_reason").GetString());
        Assert.Equal(reason, MessagesRig.Stream(MessagesRig.Hello, $"\"delta\":{{\"tool_calls\":[{Call}]}}", $"\"delta\":{{}},\"finish_reason\":\"{finish}\"").StopReason);
    }

    [Theory]
    [InlineData("\"stop_reason\":\"END\"", "stop_sequence", "END")]
    [InlineData("\"matched_stop\":\"\\u0045ND\"", "stop_sequence", "END")]
    [InlineData("\"stop_reason\":\"<eos>\"", "end_turn", null)]
    [InlineData("\"stop_reason\":128009", "end_turn", null)]
    [InlineData("\"stop_reason\":null", "end_turn", null)]
    public void StopSequence_NamedByTheEngine_IsToldIfTheCallerGaveIt(string named, string reason, string? stop)
    {
        var request = MessagesRig.With("\"stop_sequences\":[\"x\",\"END\"]");
        var answer = MessagesRig.Answer($$$"""{"message":{"content":"x"},"finish_reason":"stop",{{{named}}}}""", request);
        var stream = MessagesRig.Stream(request, $"\"delta\":{{\"content\":\"x\"}},\"finish_reason\":\"stop\",{named}");

        Assert.Equal((reason, stop), (answer.GetProperty("stop_reason").GetString(), answer.GetProperty("stop_sequence").GetString()));
        Assert.Equal((reason, stop), (stream.StopReason, stream.StopSequence));
    }

    [Theory]
    [InlineData("""{"prompt_tokens":41,"completion_tokens":17}""", 41, 0, 17)]
    [InlineData("""{"prompt_tokens":41,"completion_tokens":17,"prompt_tokens_details":{"cached_tokens":40}}""", 1, 40, 17)]
    [InlineData("""{"prompt_tokens":41,"completion_tokens":17,"prompt_tokens_details":{"cached_tokens":99}}""", 0, 41, 17)]
    [InlineData("null", 0, 0, 0)]
    public void Usage_InputIsWhatNoCacheHeld(string usage, int input, int cached, int output)
    {
        var answer = MessagesRig.Answer("""{"message":{"content":"x"},"finish_reason":"stop"}""", usage: usage).GetProperty("usage");
        var events = MessagesRig.Events(MessagesRig.Create(MessagesRig.Hello), ["""{"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}""", $$"""{"choices":[],"usage":{{usage}}}"""]);
        var stream = MessagesLifecycle.Read(MessagesLifecycle.Events(events)).Usage;

        foreach (var one in new[] { answer, stream })
        {
            Assert.Equal((input, cached, output), (one.GetProperty("input_tokens").GetInt32(), one.GetProperty("cache_read_input_tokens").GetInt32(), one.GetProperty("output_tokens").GetInt32()));
        }
    }

    [Theory]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":null}""")]
    [InlineData("""{"object":"list","data":[]}""")]
    [InlineData("""{"choices":[{"text":"x","finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"x"},"finish_reason":null}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]""")]
    [InlineData("""[]""")]
    [InlineData("""oops""")]
    [InlineData("")]
    public void PlainAnswer_ThatIsNone_IsNotWritten(string completion) => Assert.Null(MessagesRig.TryAnswer(completion));

    [Theory]
    [InlineData("\"\"", "{}")]
    [InlineData("\" \\n\"", "{}")]
    [InlineData("null", "{}")]
    [InlineData("\"{\\\"n\\\":9007199254740993}\"", "{\"n\":9007199254740993}")]
    [InlineData("{\"n\":1}", "{\"n\":1}")]
    [InlineData("\"{\\\"ci\"", "{\"_raw\":\"{\\\"ci\"}")]
    [InlineData("\"[1]\"", "{\"_raw\":\"[1]\"}")]
    [InlineData("\"{} {}\"", "{\"_raw\":\"{} {}\"}")]
    public void Arguments_AreTheInput(string arguments, string input) =>
        Assert.Equal(input, MessagesRig.Answer($$$"""{"message":{"tool_calls":[{"id":"c","function":{"name":"f","arguments":{{{arguments}}}}}]},"finish_reason":"tool_calls"}""")
            .GetProperty("content")[0].GetProperty("input").GetRawText());

    [Fact]
    public void Calls_WithoutAnIdOrWithTheSame_GetIdsThatDiffer()
    {
        const string Calls = """{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}},{"index":1,"id":"c","function":{"name":"f","arguments":"{}"}},{"index":2,"function":{"name":"f","arguments":"{}"}}""";
        var answer = MessagesRig.Answer($$$"""{"message":{"tool_calls":[{{{Calls}}}]},"finish_reason":"tool_calls"}""");

        Assert.Equal(["c", "toolu_new2", "toolu_new3"], answer.GetProperty("content").EnumerateArray().Select(block => block.GetProperty("id").GetString()));
        Assert.Equal(["c", "toolu_new2", "toolu_new3"], MessagesRig.Stream(MessagesRig.Hello, $"\"delta\":{{\"tool_calls\":[{Calls}]}}", Done).Calls.Select(call => call.Id));
    }

    [Fact]
    public void Stream_CallsOfOneIndexWithoutArguments_AreTwo() => Assert.Equal(
        ["a", "b"],
        MessagesRig.Stream(
            MessagesRig.Hello,
            """
            "delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}
            """,
            """
            "delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"f","arguments":""}}]}
            """,
            Done).Calls.Select(call => call.Id));

    [Fact]
    public void Stream_AnotherIdInEveryPiece_IsOneCall()
    {
        var call = Assert.Single(MessagesRig.Stream(
            MessagesRig.Hello,
            """
            "delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":"}}]}
            """,
            """
            "delta":{"tool_calls":[{"index":0,"id":"b","type":"function","function":{"arguments":"1}"}}]}
            """,
            Done).Calls);

        Assert.Equal(("a", "{\"x\":1}"), (call.Id, call.Text.ToString()));
    }

    [Fact]
    public void Stream_IdAndNameInEveryPiece_IsOneCall()
    {
        var call = Assert.Single(MessagesRig.Stream(
            MessagesRig.Hello,
            """
            "delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}
            """,
            """
            "delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}
            """,
            Done).Calls);

        Assert.Equal(("f", "{}"), (call.Name, call.Text.ToString()));
    }

    [Fact]
    public void Stream_ArgumentsAsAnObject_AreItsText() => Assert.Equal(
        "{\"a\":\"b\\n\"}",
        Assert.Single(MessagesRig.Stream(
            MessagesRig.Hello,
            """
            "delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":{"a":"b\n"}}}]}
            """,
            Done).Calls).Text.ToString());

    [Fact]
    public void Stream_CallsInterleavedWithThinkingAndText_AreBlocksInTheOrderTheyBegan()
    {
        var read = MessagesRig.Stream(
            MessagesRig.Hello,
            """
            "delta":{"reasoning":"T","reasoning_content":"T","content":"a","tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{"}},{"index":1,"id":"y","function":{"name":"g","arguments":"{\"q\":\"}"}}]}
            """,
            """
            "delta":{"content":"b"}
            """,
            """
            "delta":{"content":"c","tool_calls":[{"index":1,"function":{"arguments":"\"}"}}]}
            """,
            """
            "delta":{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]}
            """,
            Done);

        Assert.Equal(["thinking", "text", "tool_use", "tool_use", "text"], read.Blocks.Select(block => block.Type));
        Assert.Equal(["T", "a", "{}", "{\"q\":\"}\"}", "bc"], read.Blocks.Select(block => block.Text.ToString()));
    }

    [Fact]
    public void Stream_TextBehindAWholeCall_IsNotHeldBack()
    {
        var translation = MessagesRig.Create(MessagesRig.Hello);
        var output = new ArrayBufferWriter<byte>();
        translation.WriteChunk("""{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\\u007b\":[1]}"}}]}}]}"""u8, output);
        translation.WriteChunk("""{"choices":[{"delta":{"content":"now"}}]}"""u8, output);

        Assert.Contains("\"text\":\"now\"", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_MoreThanCanBeHeld_GoesOut()
    {
        var translation = MessagesRig.Create(MessagesRig.Hello);
        var output = new ArrayBufferWriter<byte>();
        translation.WriteChunk("""{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]}}]}"""u8, output);
        translation.WriteChunk(Encoding.UTF8.GetBytes($$$"""{"choices":[{"delta":{"content":"{{{new string('x', 9_000_000)}}}"}}]}"""), output);

        Assert.InRange(output.WrittenCount, 9_000_000, 9_100_000);
        translation.WriteEnd(output);
        Assert.Equal(["tool_use", "text"], MessagesLifecycle.Read(MessagesLifecycle.Events(output.WrittenSpan)).Blocks.Select(block => block.Type));
    }

    [Fact]
    public void Refusal_BehindText_HasABlockOfItsOwn()
    {
        var answer = MessagesRig.Answer("""{"message":{"content":"a","refusal":"no"},"finish_reason":"stop"}""");
        var stream = MessagesRig.Stream(MessagesRig.Hello, "\"delta\":{\"content\":\"a\"}", "\"delta\":{\"refusal\":\"no\"},\"finish_reason\":\"stop\"");

        Assert.Equal(["a", "no"], answer.GetProperty("content").EnumerateArray().Select(block => block.GetProperty("text").GetString()));
        Assert.Equal(["a", "no"], stream.Blocks.Select(block => block.Text.ToString()));
        Assert.Equal(("refusal", "refusal"), (answer.GetProperty("stop_reason").GetString(), stream.StopReason));
    }

    [Fact]
    public void Thinking_ThatIsNotToBeShown_HasNoWords()
    {
        var request = MessagesRig.With("\"thinking\":{\"type\":\"adaptive\",\"display\":\"omitted\"}");
        var answer = MessagesRig.Answer("""{"message":{"content":"a","reasoning":"secret"},"finish_reason":"stop"}""", request).GetProperty("content")[0];
        var stream = MessagesRig.Stream(request, "\"delta\":{\"reasoning\":\"secret\"}", "\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"");

        Assert.Equal(("thinking", ""), (answer.GetProperty("type").GetString(), answer.GetProperty("thinking").GetString()));
        Assert.Equal(("thinking", ""), (stream.Blocks[0].Type, stream.Blocks[0].Text.ToString()));
        Assert.Equal("gateway", answer.GetProperty("signature").GetString());
    }

    [Fact]
    public void Stream_OtherChoices_AreNotTold() =>
        Assert.Equal("a", Assert.Single(MessagesLifecycle.Read(MessagesLifecycle.Events(MessagesRig.Events(
            MessagesRig.Create(MessagesRig.Hello),
            ["""{"choices":[{"index":1,"delta":{"content":"z"}},{"index":0,"delta":{"content":"a"}}]}"""]))).Blocks).Text.ToString());

    [Fact]
    public void Stream_WithNothingInIt_IsAWholeMessage()
    {
        var read = MessagesRig.Stream(MessagesRig.Hello, "\"delta\":{\"role\":\"assistant\",\"content\":\"\"}", "\"delta\":{},\"finish_reason\":\"stop\"");

        Assert.Empty(read.Blocks);
        Assert.Equal("end_turn", read.StopReason);
    }

    [Theory]
    [InlineData(503, "engine_unavailable", "away", "overloaded_error", "away")]
    [InlineData(502, "stream_interrupted", "broke", "api_error", "broke")]
    [InlineData(400, "context_length_exceeded", "9 tokens > 8 maximum", "invalid_request_error", "prompt is too long: 9 tokens > 8 maximum")]
    [InlineData(400, "context_length_exceeded", "Prompt is too long", "invalid_request_error", "Prompt is too long")]
    public void Failure_IsTheApisErrorEvent_AndTheLast(int status, string code, string message, string type, string words)
    {
        var translation = MessagesRig.Create(MessagesRig.Hello);
        var output = new ArrayBufferWriter<byte>();
        translation.WriteFailure(status, code, message, output);
        translation.WriteChunk("""{"choices":[{"delta":{"content":"late"}}]}"""u8, output);
        translation.WriteEnd(output);
        translation.WriteFailure(status, code, message, output);

        var error = MessagesLifecycle.Read(MessagesLifecycle.Events(output.WrittenSpan)).Error!.Value;
        Assert.Equal((type, words), (error.GetProperty("type").GetString(), error.GetProperty("message").GetString()));
    }
}
