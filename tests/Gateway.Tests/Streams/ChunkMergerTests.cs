using System.Buffers;
using System.Text;
using Gateway.Streams;
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
        """{"choices":[{"index":0,"message":{"role":"assistant","content":"","tool_calls":[{"id":"c0","type":"function","function":{"name":"look","arguments":"{\"a\":1}"}},{"id":"c1","type":"function","function":{"name":"up","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}""",
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
    [InlineData(false, """{"choices":[],"usage":{"completion_tokens":3,"prompt_tokens":22,"total_tokens":25,"d":{"x":1}}}""", 3)]
    [InlineData(true, """{"choices":[],"usage":{"completion_tokens":5,"prompt_tokens":22,"total_tokens":27,"d":{"x":1}}}""", 5)]
    public void Usage_OfEachChoice_IsSummedWhereTheEngineCountsThemApart(bool sums, string expected, int output)
    {
        var merger = new ChunkMerger(sums);
        merger.Add("""{"choices":[],"usage":{"completion_tokens":2,"prompt_tokens":22,"total_tokens":24}}"""u8);
        merger.Add("""{"choices":[],"usage":{"completion_tokens":3,"prompt_tokens":22,"total_tokens":25,"d":{"x":1}}}"""u8);

        Assert.Equal(expected, Written(merger));
        Assert.Equal((22, output), (merger.Usage.Input, merger.Usage.Output));
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
