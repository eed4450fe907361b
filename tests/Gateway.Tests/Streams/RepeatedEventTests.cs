using System.Buffers;
using System.Text;
using Gateway.Engines;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>An event that is like the one before is found to be what it is found to be by itself. (An event with a name is always read.)</summary>
public sealed class RepeatedEventTests
{
    private static readonly ResponseDialect Plain = new();
    private static readonly ResponseDialect Mirroring = new() { Reasoning = ReasoningField.Either, FillsEmptyId = true };
    private static readonly ResponseDialect Odd = new()
    {
        FinishReasons = new Dictionary<string, string?> { ["eos"] = "stop", ["none_yet"] = null },
        ToolCallsEndWithStop = true,
        ErrorText = "Internal error: ",
    };

    private static readonly string[] Shapes =
    [
        """{"id":"c","choices":[{"index":0,"delta":{"content":"%"},"logprobs":null,"finish_reason":null}]}""",
        """{"id":"","choices":[{"index":0,"delta":{"role":"assistant","content":"%"},"finish_reason":null}],"usage":null}""",
        """{"id":"c","choices":[{"index":0,"delta":{"reasoning_content":"%"},"finish_reason":null}],"usage":{"prompt_tokens":3,"completion_tokens":1}}""",
        """{"id":"","choices":[{"index":0,"delta":{"reasoning":"%","content":null},"finish_reason":null}],"usage":null}""",
        """{"choices":[{"delta":{"reasoning":"why","content":"%"}}]}""",
        """{"choices":[{"delta":{"reasoning":"%","reasoning_content":"%"}}]}""",
        """{"choices":[{"delta":{"reasoning":"%","reasoning":""}}]}""",
        """{"choices":[{"index":0,"delta":{"reasoning":"%"}},{"index":1,"delta":{"reasoning":"%"},"finish_reason":"stop"}]}""",
        """{"choices":[{"index":0,"delta":{"content":"%"}},{"index":1,"delta":{"content":"%"},"finish_reason":"none_yet"}]}""",
        """{"choices":[{"index":0,"text":"%","finish_reason":"eos"}]}""",
        """{"choices":[{"index":0,"delta":{"content":"%","tool_calls":[{}]},"finish_reason":"stop"}]}""",
        """{"choices":[{"index":0,"delta":{"content":"%"}}],"error":null}""",
        """{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"%"}]}""",
        """{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}""",
        """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
    ];

    private static readonly string[] Texts =
    [
        " token", "a", "", "é漢😀", """\n""", """\\""", """\"}""", """say \"hi\"\n\tnow""", """\u00e9""", """\u00""", """\x""", """\""", "\n", "\u0001", "\"", "\",\"content\":\"y", "Internal error: x", "stop", "length", new string('x', 1200),
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Inspect_EventsAlike_AreSeenAsEachByItself(int seed)
    {
        var random = new Random(seed);
        var dialect = random.GetItems([Plain, Mirroring, Odd], 1)[0];
        var hides = random.Next(2) == 0;
        var (one, other) = (new ChoicesInspector(dialect, hides, "new"), new ChoicesInspector(dialect, hides, "new"));
        for (var i = 0; i < 40; i++)
        {
            var shape = random.GetItems(Shapes, 1)[0];
            for (var n = random.Next(1, 12); n > 0; n--)
            {
                var json = Encoding.UTF8.GetBytes(shape.Replace("%", random.GetItems(Texts, 1)[0], StringComparison.Ordinal));
                if (random.Next(8) == 0)
                {
                    json[random.Next(json.Length)] = (byte)random.Next(256);
                }

                Assert.Equal(Seen(other, "chunk", json), Seen(one, "", json));
            }
        }
    }

    [Theory]
    [InlineData("a token", true)]
    [InlineData("""\"quoted\"\n""", true)]
    [InlineData("\t", false)]
    [InlineData("""\q""", false)]
    [InlineData("""\""", false)]
    [InlineData("\"", false)]
    public void Inspect_TextOfAnEventLikeTheLast_HasToBeJson(string text, bool valid)
    {
        var inspector = new ChoicesInspector(Plain, hidesUsage: false, "new");
        inspector.Look(Shapes[0].Replace('%', 'a'));
        inspector.Look(Shapes[0].Replace('%', 'b'));

        Assert.Equal(valid ? PieceKind.Sound : PieceKind.Invalid, inspector.Look(Shapes[0].Replace("%", text, StringComparison.Ordinal)));
    }

    [Fact]
    public void Inspect_EventsAlike_TakeNoMemory()
    {
        var inspector = new ChoicesInspector(Plain, hidesUsage: true, "new");
        var events = Enumerable.Range(0, 100).Select(i => Encoding.UTF8.GetBytes(Shapes[1].Replace("%", $" token\\n{i}", StringComparison.Ordinal).Replace("\"id\":\"\"", "\"id\":\"x\"", StringComparison.Ordinal))).ToArray();
        Array.ForEach(events, json => inspector.Inspect(default, json));

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var json in events)
        {
            inspector.Inspect(default, json);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Seen(ChoicesInspector inspector, string name, byte[] json)
    {
        var kind = inspector.Inspect(Encoding.UTF8.GetBytes(name), json);
        var output = new ArrayBufferWriter<byte>();
        if (kind == PieceKind.Sound)
        {
            Splice.Write(json, inspector.Splices, output);
        }

        var usage = inspector.Usage;
        var failure = inspector.Failure is { } text ? Encoding.Latin1.GetString(text) : "";
        return $"{kind} {inspector.HasContent} {inspector.IsPreamble} {inspector.IsComplete} {usage.Known} {usage.Input} {usage.Output} {failure} {Encoding.Latin1.GetString(output.WrittenSpan)}";
    }
}
