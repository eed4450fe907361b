using System.Text.Json;
using Gateway.Engines;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Telemetry;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>Tokens, read under the names of every API, and hidden from a caller who did not ask for them.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("""{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}""", 3, 5, 0)]
    [InlineData("""{"prompt_tokens":3,"completion_tokens":5,"prompt_tokens_details":{"audio_tokens":1,"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":4}}""", 3, 5, 2)]
    [InlineData("""{"input_tokens":3,"input_tokens_details":{"cached_tokens":2},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":1}}""", 3, 5, 2)]
    [InlineData("""{"input_tokens":3,"cache_creation_input_tokens":9,"cache_read_input_tokens":2,"output_tokens":5,"service_tier":"standard"}""", 14, 5, 2)]
    [InlineData("""{"cache_read_input_tokens":24,"input_tokens":1,"output_tokens":3}""", 25, 3, 24)]
    [InlineData("""{"input_tokens":0,"cache_read_input_tokens":24,"cache_creation_input_tokens":null,"output_tokens":3}""", 24, 3, 24)]
    // A service that says both counts everything under OpenAI's name.
    [InlineData("""{"prompt_tokens":25,"cache_read_input_tokens":24,"completion_tokens":3}""", 25, 3, 24)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":24}}""", 5, 3, 5)]
    [InlineData("""{"input_tokens":25,"input_token_details":{"cached_tokens":20},"output_tokens":3}""", 25, 3, 20)]
    [InlineData("""{"prompt_tokens":-25,"completion_tokens":-3}""", 0, 0, 0)]
    [InlineData("""{"prompt_tokens":null,"completion_tokens":"5","prompt_tokens_details":null}""", 0, 0, 0)]
    [InlineData("""{"prompt_tokens":1.5,"completion_tokens":{"x":[1]},"prompt_tokens_details":[{"cached_tokens":2}]}""", 0, 0, 0)]
    [InlineData("""{"prompt_tokens":99999999999,"completion_tokens":99999999999999999999}""", 99999999999, 0, 0)]
    [InlineData("{}", 0, 0, 0)]
    public void Read_Object_GivesTheTokens(string json, long input, long output, long cached) =>
        Assert.Equal((input, output, cached, true), Shown(Read(json)));

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("\"x\"")]
    [InlineData("""[{"prompt_tokens":3}]""")]
    public void Read_OtherThanObject_SaysNothing(string json) => Assert.Equal((0, 0, 0, false), Shown(Read(json)));

    // The Messages API tells the input at the start and the output at the end.
    [Fact]
    public void Read_TwoObjects_AddUpToOne() =>
        Assert.Equal((5, 5, 2, true), Shown(Read("""{"input_tokens":3,"cache_read_input_tokens":2,"output_tokens":1}""", """{"output_tokens":5}""")));

    // Later objects are running totals; those that say nothing replace nothing.
    [Theory]
    [InlineData("""{"input_tokens":24384,"output_tokens":0}""", """{"input_tokens":64,"output_tokens":7,"cache_creation_input_tokens":0,"cache_read_input_tokens":24320}""", 24384, 7, 24320)]
    [InlineData("""{"input_tokens":1,"cache_read_input_tokens":24,"output_tokens":0}""", """{"input_tokens":0,"output_tokens":7,"cache_read_input_tokens":0}""", 25, 7, 24)]
    [InlineData("""{"input_tokens":3,"output_tokens":0}""", """{"input_tokens":27,"output_tokens":4}""", 27, 4, 0)]
    [InlineData("""{"prompt_tokens":3,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":2}}""", """{"prompt_tokens":0,"completion_tokens":0}""", 3, 5, 2)]
    public void Read_LaterObject_IsATotal(string first, string later, long input, long output, long cached) =>
        Assert.Equal((input, output, cached, true), Shown(Read(first, later)));

    [Theory]
    [InlineData("""{"id":"c","choices":[],"usage":{"prompt_tokens":3}}""")]
    [InlineData("""{"usage":{"prompt_tokens":3},"timings":{"x":1}}""")]
    [InlineData("""{"choices":null,"usage":{"prompt_tokens":3}}""")]
    public void Inspect_ChunkThatOnlyCarriesUsage_IsHiddenFromWhoDidNotAsk(string json)
    {
        var hiding = Inspector(hides: true);

        Assert.Equal(PieceKind.Hidden, hiding.Look(json));
        Assert.Equal(3, hiding.Usage.Input);
        Assert.Equal(PieceKind.Sound, Inspector(hides: false).Look(json));
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0}],"usage":null}""", """{"choices":[{"index":0}]}""")]
    [InlineData("""{"choices":[{"index":0}] , "usage" : {"prompt_tokens":3} , "x":1}""", """{"choices":[{"index":0}]  , "x":1}""")]
    [InlineData("""{"usage":{"prompt_tokens":3}, "choices":[{"index":0}]}""", """{ "choices":[{"index":0}]}""")]
    [InlineData("""{"choices":[{"index":0,"usage":1}],"x":{"usage":2},"usage":{}}""", """{"choices":[{"index":0,"usage":1}],"x":{"usage":2}}""")]
    // What has neither choices nor a count is there for another reason.
    [InlineData("""{"choices":[],"prompt_filter_results":[1],"usage":null}""", """{"choices":[],"prompt_filter_results":[1]}""")]
    [InlineData("""{"usage":null}""", "{}")]
    public void Inspect_UsageBesideOtherThings_IsCutOut(string json, string expected)
    {
        Assert.Equal(expected, Inspector(hides: true).Edit(json));
        Assert.Equal(json, Inspector(hides: false).Edit(json));
    }

    [Fact]
    public void Inspect_ErrorWithUsage_IsAnError() => Assert.Equal(PieceKind.Error, Inspector(hides: true).Look("""{"choices":[],"usage":{},"error":"no"}"""));

    [Theory]
    [InlineData("""{"a":1,"u":2}""", 7, 12, """{"a":1}""")]
    [InlineData("""{"a":1 , "u":2 , "b":3}""", 9, 14, """{"a":1  , "b":3}""")]
    [InlineData("""{"u":2,"b":3}""", 1, 6, """{"b":3}""")]
    [InlineData("""{ "u":2 , "b":3}""", 2, 7, """{  "b":3}""")]
    [InlineData("""{"u":2}""", 1, 6, "{}")]
    [InlineData("""{ "u":2 }""", 2, 7, "{  }")]
    public void Remove_Member_TakesOneComma(string text, int start, int end, string expected)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var splice = Splice.Remove(bytes, start, end);

        var removed = text.Remove(splice.Start, splice.Length);
        Assert.Equal(expected, removed);
        using var document = JsonDocument.Parse(removed);
        Assert.False(document.RootElement.TryGetProperty("u", out _));
    }

    [Fact]
    public void Write_SplicesOutOfOrder_AreMadeInOrder()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();

        Splice.Write("0123456789"u8, [new Splice(8, 2, "xyz"u8.ToArray()), new Splice(0, 1, []), new Splice(4, 0, "-"u8.ToArray())], output);

        Assert.Equal("123-4567xyz", System.Text.Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static ChoicesInspector Inspector(bool hides) => new(new ResponseDialect(), hides, "req_1");

    private static (long, long, long, bool) Shown(TokenUsage usage) => (usage.Input, usage.Output, usage.Cached, usage.Known);

    private static TokenUsage Read(params string[] objects)
    {
        var usage = default(TokenUsage);
        foreach (var json in objects)
        {
            var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(json));
            reader.Read();
            UsageReader.Read(ref reader, ref usage);
            Assert.Equal(json.Length, reader.BytesConsumed);
        }

        return usage;
    }
}
