using System.Text;
using CsCheck;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>What holds for every stream, however its lines end and wherever a network cuts it; and for every stream that is none.</summary>
public sealed class StreamPropertyTests
{
    private const int Rounds = 2000;

    private static readonly string[] LineEnds = ["\n", "\r\n", "\r"];

    private static readonly Gen<string> LineEnd = Gen.Int[0, 2].Select(static which => LineEnds[which]);

    // Each stream is whole. The last one of each API must end it.
    private static readonly (StreamShape Shape, string Name, string Data)[][] Streams =
    [
        [
            (StreamShape.Choices, "", "{\"id\":\"\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],\"usage\":null}"),
            (StreamShape.Choices, "message", "{\"id\":\"\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"漢 {}\"},\"finish_reason\":null}]}"),
            (StreamShape.Choices, "", "{\"id\":\"\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\"},\"finish_reason\":null}]}"),
            (StreamShape.Choices, "", "{\"id\":\"\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}"),
            (StreamShape.Choices, "", "{\"id\":\"\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}"),
            (StreamShape.Choices, "", "[DONE]"),
        ],
        [
            (StreamShape.Responses, "response.created", "{\"type\":\"response.created\",\"response\":{\"status\":\"in_progress\"}}"),
            (StreamShape.Responses, "response.output_text.delta", "{\"type\":\"response.output_text.delta\",\"delta\":\"é\"}"),
            (StreamShape.Responses, "response.completed", "{\"response\":{\"status\":\"incomplete\",\"usage\":{\"input_tokens\":3,\"output_tokens\":5}},\"type\":\"response.completed\"}"),
        ],
        [
            (StreamShape.Messages, "message_start", "{\"type\":\"message_start\",\"message\":{\"content\":null,\"usage\":{\"input_tokens\":1,\"cache_read_input_tokens\":2}}}"),
            (StreamShape.Messages, "content_block_delta", "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}"),
            (StreamShape.Messages, "message_delta", "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":5}}"),
            (StreamShape.Messages, "message_stop", "{\"type\":\"message_stop\"}"),
        ],
    ];

    private static readonly ResponseDialect Dialect = new() { FillsEmptyId = true };

    [Fact]
    public async Task Copy_AnyCuttingOfAnyLineEnds_GivesTheSameBytesAndVerdict() =>
        await Gen.Select(Gen.Int[0, Streams.Length - 1], LineEnd.List[60, 60], Gen.Int[0, 7].List[30, 30], Gen.Int[1, 40].List[1, 20], Gen.Int[1, 64]).SampleAsync(
            static async (stream, ends, choices, cuts, reads) =>
            {
                var shape = Streams[stream][0].Shape;
                var bytes = Encoding.UTF8.GetBytes(Written(Streams[stream], ends, choices));
                using var whole = await Run([bytes], shape).CopyAsync();
                using var cut = await Run(Cut(bytes, cuts), shape).CopyAsync(reads);

                Assert.Equal(RelayEnd.Complete, whole.Relay.End);
                Assert.Equal((3, 5), (whole.Relay.Usage.Input, whole.Relay.Usage.Output));
                Assert.Equal(whole.Received, cut.Received);
                Assert.Equal((whole.Relay.End, whole.Relay.Usage, whole.Relay.Pieces), (cut.Relay.End, cut.Relay.Usage, cut.Relay.Pieces));
            },
            iter: Rounds,
            threads: 1);

    [Fact]
    public async Task Copy_AnyBytes_EndWithoutAnException() =>
        await Gen.Select(Gen.Int[0, Streams.Length - 1], LineEnd.List[60, 60], Gen.Int[0, 7].List[30, 30], Gen.Select(Gen.Int[0, 999], Gen.Byte).List[1, 12], Gen.Int[1, 40].List[1, 20]).SampleAsync(
            static async (stream, ends, choices, spoilt, cuts) =>
            {
                var bytes = Encoding.UTF8.GetBytes(Written(Streams[stream], ends, choices));
                foreach (var (at, value) in spoilt)
                {
                    bytes[at % bytes.Length] = value;
                }

                var shape = Streams[stream][0].Shape;
                using var whole = await Run([bytes], shape).CopyAsync();
                using var cut = await Run(Cut(bytes, cuts), shape).CopyAsync();

                Assert.NotEqual(RelayEnd.None, whole.Relay.End);
                Assert.Equal((whole.Relay.End, whole.Relay.Usage), (cut.Relay.End, cut.Relay.Usage));
                Assert.Equal(whole.Relay.End == RelayEnd.Complete, whole.Relay.Fault is null && whole.Relay.EngineError is null);
            },
            iter: Rounds,
            threads: 1);

    [Fact]
    public async Task Merge_AnyCutting_GivesTheSameAnswer() =>
        await Gen.Select(LineEnd.List[60, 60], Gen.Int[0, 7].List[30, 30], Gen.Int[1, 40].List[1, 20]).SampleAsync(
            static async (ends, choices, cuts) =>
            {
                var bytes = Encoding.UTF8.GetBytes(Written(Streams[0], ends, choices));
                using var run = Run(Cut(bytes, cuts), StreamShape.Choices);
                var merger = new ChunkMerger(sumsUsage: true);
                await run.Relay.ReadToEndAsync(merger, default);
                var output = new System.Buffers.ArrayBufferWriter<byte>();
                merger.WriteTo(output);

                Assert.Equal(
                    "{\"id\":\"req_1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"漢 {}b\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}",
                    Encoding.UTF8.GetString(output.WrittenSpan));
            },
            iter: Rounds / 4,
            threads: 1);

    private static RelayRun Run(IEnumerable<byte[]> pieces, StreamShape shape) => new(new ScriptedStream(pieces), shape, Dialect);

    // The fields of each event, with what the standard allows around and inside of them.
    private static string Written((StreamShape Shape, string Name, string Data)[] events, List<string> ends, List<int> choices)
    {
        var text = new StringBuilder();
        var (line, choice) = (0, 0);
        text.Append(Some(1) ? "\uFEFF" : "");
        foreach (var (index, one) in events.Index())
        {
            choice++;
            Line(": comment", Some(1));
            Line("", Some(1) && Some(2));
            Line("event:" + (Some(4) ? " " : "") + one.Name, one.Name.Length > 0);
            // JSON may go on in another line behind its first bracket.
            var split = Some(2) && one.Data[0] == '{';
            Line("data:" + (Some(4) ? " {" : "{"), split);
            text.Append("data:").Append(Some(4) ? " " : "").Append(split ? one.Data[1..] : one.Data);
            if (index < events.Length - 1 || Some(2))
            {
                Line("", true);
                Line("id: 7", Some(1));
                Line("", true);
            }
        }

        return text.ToString();

        bool Some(int bit) => (choices[choice % choices.Count] & bit) != 0;

        void Line(string content, bool wanted)
        {
            if (wanted)
            {
                text.Append(content);
                var end = ends[line++ % ends.Count];
                // A carriage return and a line feed that meet would be one end of a line, not two.
                text.Append(end == "\n" && text.Length > 0 && text[^1] == '\r' ? "\r" : end);
            }
        }
    }

    private static IEnumerable<byte[]> Cut(byte[] bytes, List<int> lengths)
    {
        for (int at = 0, i = 0; at < bytes.Length; i++)
        {
            var length = Math.Min(lengths[i % lengths.Count], bytes.Length - at);
            yield return bytes[at..(at + length)];
            at += length;
        }
    }
}
