using System.Text;
using Gateway.Engines;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>What is seen in chat and text completions, and what is mended on which engine.</summary>
public sealed class ChoicesInspectorTests
{
    private static readonly ResponseDialect Plain = new();

    private static readonly ResponseDialect Odd = new()
    {
        FillsEmptyId = true,
        Reasoning = ReasoningField.Either,
        FinishReasons = new Dictionary<string, string?> { ["eos"] = "stop", ["none_yet"] = null },
        ToolCallsEndWithStop = true,
        ErrorText = "Internal error: ",
    };

    [Theory]
    [InlineData("""{"id":"","choices":[]}""", """{"id":"req_\u00221","choices":[]}""")]
    [InlineData("""{"choices":[{"finish_reason":"eos"}]}""", """{"choices":[{"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"finish_reason" : "none_yet" ,"index":0}]}""", """{"choices":[{"finish_reason" : null ,"index":0}]}""")]
    [InlineData("""{"choices":[{"delta":{"reasoning":"a\n\"é"}}]}""", """{"choices":[{"delta":{"reasoning":"a\n\"é","reasoning_content":"a\n\"é"}}]}""")]
    [InlineData("""{"choices":[{"message":{"reasoning_content":"x","content":"y"}}]}""", """{"choices":[{"message":{"reasoning_content":"x","reasoning":"x","content":"y"}}]}""")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[{"index":0}]},"finish_reason":"stop"}]}""", """{"choices":[{"delta":{"tool_calls":[{"index":0}]},"finish_reason":"tool_calls"}]}""")]
    [InlineData("""{"choices":[{"finish_reason":"eos","message":{"tool_calls":[{}]}}]}""", """{"choices":[{"finish_reason":"tool_calls","message":{"tool_calls":[{}]}}]}""")]
    [InlineData("""{"id":"","choices":[{"delta":{"reasoning":"r"},"finish_reason":"eos"},{"index":1,"delta":{"reasoning":"s"},"finish_reason":"eos"}],"x":1}""", """{"id":"req_\u00221","choices":[{"delta":{"reasoning":"r","reasoning_content":"r"},"finish_reason":"stop"},{"index":1,"delta":{"reasoning":"s","reasoning_content":"s"},"finish_reason":"stop"}],"x":1}""")]
    public void Inspect_Departure_IsEditedOnThatEngineOnly(string json, string expected)
    {
        Assert.Equal(expected, Inspector(Odd).Edit(json));
        Assert.Equal(json, Inspector(Plain).Edit(json));
    }

    [Theory]
    [InlineData("""{"id":"c","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null,"logprobs":{"content":[]}}],"usage":null,"x":{"id":""}}""")]
    [InlineData("""{"id":null,"choices":[{"finish_reason":"length"}]}""")]
    [InlineData("""{"choices":[{"delta":{"reasoning":"a","reasoning_content":"b"}}]}""")]
    [InlineData("""{"choices":[{"delta":{"reasoning":"a","reasoning_content":null}}]}""")]
    [InlineData("""{"choices":[{"delta":{"reasoning":"","content":"x"}},{"delta":{"reasoning":null}},{"delta":{"reasoning":{"x":"y"}}}]}""")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[]},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[ ]},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":null},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"text":"not an Internal error: x"}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":"Internal error: x"}}]}""")]
    [InlineData("""{"choices":[{"delta":"x","message":7},5,null,"x",["y"]]}""")]
    [InlineData("""{"choices":null}""")]
    [InlineData("""{"choices":{"finish_reason":"eos"}}""")]
    [InlineData("""{"choices":[{"index":null,"finish_reason":7},{"index":1.5},{"index":99999999999},{"index":"0","finish_reason":{"a":[1]}}]}""")]
    [InlineData("""{"error":null,"choices":[]}""")]
    public void Inspect_AnythingElse_StaysAsItIs(string json) => Assert.Equal(json, Inspector(Odd).Edit(json));

    [Theory]
    [InlineData("""{"choices":[{"finish_reason":"stop"}]}""", true)]
    [InlineData("""{"choices":[{"index":0,"finish_reason":"stop"},{"index":1,"finish_reason":"length"}]}""", true)]
    [InlineData("""{"choices":[{"index":0,"finish_reason":"stop"},{"index":1,"finish_reason":null}]}""", false)]
    [InlineData("""{"choices":[{"finish_reason":null}]}""", false)]
    [InlineData("""{"choices":[{"finish_reason":""}]}""", false)]
    [InlineData("""{"choices":[{"finish_reason":"none_yet"}]}""", false)]
    [InlineData("""{"choices":[{"delta":{}}]}""", false)]
    [InlineData("""{"choices":[]}""", false)]
    [InlineData("{}", false)]
    public void IsComplete_EveryChoiceHasItsReason_IsTrue(string json, bool expected)
    {
        var inspector = Inspector(Odd);
        inspector.Look(json);

        Assert.Equal(expected, inspector.IsComplete);
        Assert.True(inspector.KnowsEnd);
    }

    [Fact]
    public void IsComplete_SeveralChoices_WaitsForEach()
    {
        var inspector = Inspector(Plain);
        string[] chunks = ["""{"choices":[{"index":0,"delta":{}}]}""", """{"choices":[{"index":1,"delta":{}}]}""", """{"choices":[{"index":1,"finish_reason":"stop"}]}""", """{"choices":[{"index":0,"finish_reason":"length"}]}""", """{"choices":[{"index":0,"delta":{}}]}"""];

        Assert.Equal([false, false, false, true, true], chunks.Select(chunk => (inspector.Look(chunk), inspector.IsComplete).IsComplete));
    }

    // The call comes in one chunk and the end in another; each choice for itself.
    [Fact]
    public void Inspect_StopAfterToolCalls_EndsWithToolCallsForThatChoice()
    {
        var inspector = Inspector(Odd);
        inspector.Look("""{"choices":[{"index":1,"delta":{"tool_calls":[{"index":0,"function":{"name":"f"}}]}}]}""");

        Assert.Equal(
            """{"choices":[{"index":0,"finish_reason":"stop"},{"index":1,"finish_reason":"tool_calls"}]}""",
            inspector.Edit("""{"choices":[{"index":0,"finish_reason":"stop"},{"index":1,"finish_reason":"stop"}]}"""));
        Assert.Equal("""{"choices":[{"index":1,"finish_reason":"length"}]}""", inspector.Edit("""{"choices":[{"index":1,"finish_reason":"length"}]}"""));
    }

    [Theory]
    [InlineData("""{"error":"no"}""")]
    [InlineData("""{"error":{"message":"no"}}""")]
    [InlineData("""{"choices":[{"finish_reason":"stop"}],"error":{}}""")]
    [InlineData("""{"error":[]}""")]
    public void Inspect_Error_IsSeenBesideAnything(string json) => Assert.Equal(PieceKind.Error, Inspector(Plain).Look(json));

    // Sent by llama.cpp before the chunks of several prompts.
    [Fact]
    public void Inspect_EventOfNothing_IsHidden() => Assert.Equal(PieceKind.Hidden, Inspector(Plain).Look("null"));

    [Fact]
    public void Inspect_ErrorAsText_IsHandedOnByItself()
    {
        var inspector = Inspector(Odd);

        Assert.Equal(PieceKind.Error, inspector.Look("""{"choices":[{"text":"Internal error: rpc \"x\" failed"}]}"""));
        Assert.Equal("\"Internal error: rpc \\\"x\\\" failed\"", Encoding.UTF8.GetString(inspector.Failure!));
        Assert.Equal(PieceKind.Sound, Inspector(Plain).Look("""{"choices":[{"text":"Internal error: x"}]}"""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{}x")]
    [InlineData("{} {}")]
    [InlineData("""{"choices":[{"index":0]}""")]
    [InlineData("""{"choices":[""")]
    [InlineData("""{"a":1,}""")]
    public void Inspect_NoJsonObject_IsInvalid(string json) => Assert.Equal(PieceKind.Invalid, Inspector(Plain).Look(json));

    [Theory]
    [InlineData("""{"choices":[{"delta":{"content":"x"}}]}""", true)]
    [InlineData("""{"choices":[{"delta":{"refusal":"x"}}]}""", true)]
    [InlineData("""{"choices":[{"delta":{"reasoning":"x"}}]}""", true)]
    [InlineData("""{"choices":[{"delta":{"reasoning_content":"x"}}]}""", true)]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[{}]}}]}""", true)]
    [InlineData("""{"choices":[{"delta":{"audio":{"id":"a"}}}]}""", true)]
    [InlineData("""{"choices":[{"delta":{"function_call":{"name":"f"}}}]}""", true)]
    [InlineData("""{"choices":[{"text":"x"}]}""", true)]
    [InlineData("""{"choices":[{"message":{"content":"x"}}]}""", true)]
    [InlineData("""{"choices":[{"delta":{"role":"assistant","content":""}}]}""", false)]
    [InlineData("""{"choices":[{"delta":{"content":null,"reasoning":"","tool_calls":[]}}]}""", false)]
    [InlineData("""{"choices":[{"text":""}]}""", false)]
    [InlineData("""{"choices":[{"delta":{},"finish_reason":"stop"}]}""", false)]
    [InlineData("""{"content":"x"}""", false)]
    public void HasContent_Chunk_IsWhatAReaderWouldSee(string json, bool expected)
    {
        var inspector = Inspector(Plain);
        inspector.Look("""{"choices":[{"delta":{"content":"before"}}]}""");
        inspector.Look(json);

        Assert.Equal(expected, inspector.HasContent);
    }

    [Theory]
    [InlineData("\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]", true)]
    [InlineData("\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null,\"refusal\":null,\"tool_calls\":[]},\"logprobs\":{\"content\":[]},\"finish_reason\":null}],\"usage\":null", true)]
    [InlineData("\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":\"\"}],\"usage\":{\"prompt_tokens\":3}", true)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\"}},{\"index\":1,\"delta\":{\"role\":\"assistant\"}}]", true)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\"}},{\"index\":1,\"delta\":{\"content\":\"x\"}}]", false)]
    [InlineData("\"choices\":[{\"text\":\"\",\"finish_reason\":null}]", true)]
    [InlineData("\"choices\":[]", true)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"x\"}}]", false)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\",\"reasoning\":\"x\"}}]", false)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\",\"reasoning_content\":\"x\"}}]", false)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\",\"refusal\":\"x\"}}]", false)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\",\"tool_calls\":[{}]}}]", false)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\",\"function_call\":{\"name\":\"f\"}}}]", false)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\",\"audio\":{\"id\":\"a\"}}}]", false)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":[{\"type\":\"text\"}]}}]", false)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\"},\"finish_reason\":\"stop\"}]", false)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\"},\"token_ids\":[1]}]", false)]
    [InlineData("\"choices\":[{\"delta\":{\"role\":\"assistant\"}}],\"prompt_progress\":{\"total\":9}", false)]
    [InlineData("\"choices\":[],\"usage\":{\"prompt_tokens\":3}", false)]
    [InlineData("\"content\":\"x\"", false)]
    public void IsPreamble_Chunk_SaysOnlyWhoSpeaks(string members, bool expected)
    {
        var inspector = Inspector(Plain);
        inspector.Look("{\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}");

        Assert.Equal(PieceKind.Sound, inspector.Look($"{{\"id\":\"c\",\"created\":1,{members}}}"));
        Assert.Equal(expected, inspector.IsPreamble);
    }

    private static ChoicesInspector Inspector(ResponseDialect dialect) => new(dialect, hidesUsage: false, "req_\"1");
}
