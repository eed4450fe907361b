using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>What the chunks of a stream come to when they are put together.</summary>
public sealed class ChunkMergerTests
{
    [Fact]
    public void Chat_Texts_AreJoinedAndEverythingElseIsKept() => AssertMerged(
        """{"id":"a","object":"chat.completion","created":1,"x_engine":{"n":2},"choices":[{"index":0,"message":{"role":"assistant","content":"Hé\"\u00e9 \ud83d\ude00.","reasoning_content":"Hm."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2},"timings":{"n":1.50}}""",
        """{"id":"a","object":"chat.completion.chunk","created":1,"x_engine":{"n":1},"choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"H"},"finish_reason":null}],"usage":null}""",
        """{"id":"a","object":"chat.completion.chunk","created":1,"x_engine":{"n":2},"choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"m."},"finish_reason":null}]}""",
        """{"choices":[{"index":0,"delta":{"content":"Hé\"\u00e9 \ud83d"}}]}""",
        """{"choices":[{"index":0,"delta":{"content":"\ude00."}}]}""",
        """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
        """{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2},"timings":{"n":1.50}}""");

    [Fact]
    public void Chat_SeveralChoices_AreInOrder() => AssertMerged(
        """{"choices":[{"message":{"content":"one","role":"assistant"},"index":0,"finish_reason":"stop"},{"index":1,"message":{"content":"two","role":"assistant"},"finish_reason":"length"}]}""",
        """{"choices":[{"index":1,"delta":{"content":"t"}}]}""",
        """{"choices":[{"delta":{"content":"one"},"index":0},{"delta":{"content":"wo"},"index":1}]}""",
        """{"choices":[{"index":1,"finish_reason":"length"},{"index":0,"finish_reason":"stop"}]}""");

    [Fact]
    public void Chat_ToolCalls_AreJoinedByTheirIndexWhichDoesNotShow() => AssertMerged(
        """{"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"c0","type":"function","function":{"name":"look","arguments":"{\"a\":1}"}},{"id":"c1","type":"function","function":{"name":"up","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}""",
        """{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"c0","type":"function","function":{"name":"look","arguments":"{"}}]},"finish_reason":null}]}""",
        """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c0","type":"function","function":{"name":"look","arguments":"\"a\":1"}}]}}]}""",
        """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"}"}},{"index":1,"id":"c1","type":"function","function":{"name":"up","arguments":"{}"}}]}}]}""",
        """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""");

    [Fact]
    public void Completion_TextAndLogProbabilities_GetLonger() => AssertMerged(
        """{"object":"text_completion","choices":[{"text":"ab","index":0,"logprobs":{"tokens":["a","b"],"content":[{"token":"a","top_logprobs":[1]},{"token":"b"}]},"finish_reason":"length"}]}""",
        """{"object":"text_completion","choices":[{"text":"a","index":0,"logprobs":{"tokens":["a"],"content":[{"token":"a","top_logprobs":[1]}]},"finish_reason":null}]}""",
        """{"object":"text_completion","choices":[{"text":"","index":0,"logprobs":null}]}""",
        """{"object":"text_completion","choices":[{"text":"b","index":0,"logprobs":{"tokens":["b"],"content":[ {"token":"b"} ]},"finish_reason":"length"}]}""");

    [Theory]
    [InlineData(false, """{"completion_tokens":3,"prompt_tokens":22,"total_tokens":25,"d":{"x":1}}""", 3)]
    [InlineData(true, """{"completion_tokens":5,"prompt_tokens":22,"total_tokens":27,"d":{"x":1}}""", 5)]
    public void Usage_OfEachChoice_IsSummedWhereTheEngineCountsThemApart(bool sums, string expected, int output)
    {
        var merger = new ChunkMerger(sums);
        merger.Add("""{"choices":[{"index":1,"finish_reason":"stop"}]}"""u8);
        merger.Add("""{"choices":[],"usage":{"completion_tokens":2,"prompt_tokens":22,"total_tokens":24}}"""u8);
        merger.Add("""{"choices":[{"index":0,"finish_reason":"stop"}]}"""u8);
        merger.Add("""{"choices":[],"usage":{"completion_tokens":3,"prompt_tokens":22,"total_tokens":25,"d":{"x":1}}}"""u8);

        Assert.EndsWith(",\"usage\":" + expected + "}", Written(merger), StringComparison.Ordinal);
        Assert.Equal((22, output), (merger.Usage.Input, merger.Usage.Output));
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0,"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":10,"total_tokens":13}}""", """{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":10,"total_tokens":13}}""")]
    [InlineData("""{"choices":[{"index":0}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""", """{"choices":[{"index":0}],"usage":{"prompt_tokens":3,"completion_tokens":10,"total_tokens":13}}""")]
    [InlineData("""{"choices":[{"index":0}],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}""", """{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":10,"total_tokens":13}}""")]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":10,"total_tokens":13}}""", """{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}""")]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":10,"total_tokens":13}}""", """{"choices":[],"usage":null}""")]
    public void Usage_SaidMoreThanOnce_IsTheLargest(string first, string later)
    {
        foreach (var sums in new[] { true, false })
        {
            var merger = new ChunkMerger(sums);
            merger.Add(Encoding.UTF8.GetBytes(first));
            merger.Add(Encoding.UTF8.GetBytes(later));

            Assert.EndsWith("""
                "usage":{"prompt_tokens":3,"completion_tokens":10,"total_tokens":13}}
                """, Written(merger), StringComparison.Ordinal);
            Assert.Equal((3, 10), (merger.Usage.Input, merger.Usage.Output));
        }
    }

    // Each piece is one list of calls. What comes out: id, name and arguments of each.
    [Theory]
    [InlineData("a f {} b g {}", """[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]""", """[{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}]""")]
    [InlineData("a f {} b f {}", """[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}},{"index":0,"id":"b","function":{"name":"f","arguments":"{}"}}]""")]
    [InlineData("a f {} b g {}", """[{"id":"a","function":{"name":"f","arguments":"{}"}}]""", """[{"id":"b","function":{"name":"g","arguments":"{}"}}]""")]
    [InlineData("a f {} b g {}", """[{"id":"a","function":{"name":"f","arguments":"{"}},{"id":"b","function":{"name":"g","arguments":"{"}}]""", """[{"function":{"arguments":"}"}},{"function":{"arguments":"}"}}]""")]
    [InlineData("- f {} - g {}", """[{"function":{"name":"f","arguments":"{}"}}]""", """[{"function":{"name":"g","arguments":"{}"}}]""")]
    [InlineData("- f {} - f [1]", """[{"function":{"name":"f","arguments":"{}"}},{"function":{"name":"f","arguments":"[1]"}}]""")]
    [InlineData("a f {} b g {}", """[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]""", """[{"index":0,"function":{"arguments":"{}"}}]""", """[{"index":0,"id":"b","function":{"name":"g","arguments":""}}]""", """[{"index":0,"function":{"arguments":"{}"}}]""")]
    // Another id in every piece of one call.
    [InlineData("a f {}", """[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]""", """[{"index":0,"id":"b","function":{"arguments":"}"}}]""")]
    [InlineData("a f {}", """[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]""", """[{"index":0,"id":"b","function":{"name":"f","arguments":"}"}}]""")]
    [InlineData("a f {}", """[{"id":"a","function":{"name":"f","arguments":"{"}}]""", """[{"function":{"name":"","arguments":"}"},"id":""}]""", """[{"id":null,"function":{"name":null,"arguments":""}}]""")]
    // Two calls in turns, by index and by id.
    [InlineData("a f {1} b g {2}", """[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]""", """[{"index":1,"id":"b","function":{"name":"g","arguments":"{"}}]""", """[{"index":0,"function":{"arguments":"1}"}},{"index":1,"function":{"arguments":"2}"}}]""")]
    [InlineData("a f {1} b g {2}", """[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]""", """[{"index":0,"id":"b","function":{"name":"g","arguments":"{"}}]""", """[{"index":0,"id":"a","function":{"arguments":"1}"}},{"index":0,"id":"b","function":{"arguments":"2}"}}]""")]
    [InlineData("a f {} b g {}", """[{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}]""", """[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]""")]
    // Each piece repeats all but the arguments; TGI numbers calls so.
    [InlineData("0 f {}", """[{"index":0,"id":"0","function":{"name":"f","arguments":"{"}}]""", """[{"index":0,"id":"0","function":{"name":"f","arguments":"}"}}]""", """[{"index":0,"id":"0","function":{"name":"f","arguments":""}}]""")]
    [InlineData("- f {}", """[{"index":0,"function":{"name":"f","arguments":"{}"}}]""", """[{"index":0,"function":{"name":"f","arguments":""}}]""")]
    public void Chat_ToolCallsOfAnyLayout_AreTheCallsThatWereMeant(string expected, params string[] pieces)
    {
        var merger = new ChunkMerger(sumsUsage: false);
        foreach (var piece in pieces)
        {
            merger.Add(Encoding.UTF8.GetBytes("{\"choices\":[{\"index\":0,\"delta\":{\"content\":null,\"tool_calls\":" + piece + "}}]}"));
        }

        var message = JsonDocument.Parse(Written(merger)).RootElement.GetProperty("choices")[0].GetProperty("message");
        var calls = message.GetProperty("tool_calls").EnumerateArray().Select(static call =>
            (call.TryGetProperty("id", out var id) ? id.GetString() : "-") + " " + call.GetProperty("function").GetProperty("name").GetString() + " " + call.GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal(expected, string.Join(' ', calls));
        Assert.All(message.GetProperty("tool_calls").EnumerateArray(), static call => Assert.Equal("function", call.GetProperty("type").GetString()));
        Assert.Equal(JsonValueKind.Null, message.GetProperty("content").ValueKind);
    }

    private static void AssertMerged(string expected, params string[] chunks)
    {
        var merger = new ChunkMerger(sumsUsage: false);
        foreach (var chunk in chunks)
        {
            merger.Add(Encoding.UTF8.GetBytes(chunk));
        }

        Assert.Equal(expected, Written(merger));
    }

    private static string Written(ChunkMerger merger)
    {
        var buffer = new ArrayBufferWriter<byte>();
        merger.WriteTo(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
