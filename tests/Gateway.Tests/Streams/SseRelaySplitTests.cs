using System.Text;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Gateway.Proxy.Responses;
using Gateway.Tests.Engines;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>A network cuts a stream anywhere: what comes out is the same wherever it does.</summary>
public sealed class SseRelaySplitTests
{
    /// <summary>Everything the relay can meet: comments, names, CRLF, several lines of data, things to hide and to mend, text of several bytes.</summary>
    private const string Stream =
        ": ping\n\n"
        + "id: 1\nevent: message\ndata: {\"id\":\"\",\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"h\\u00e4 é😀\"}}],\"usage\":null}\n\n"
        + "data:{\"id\":\"\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"漢\"}}]}\r\n\r\n"
        + "data: {\"id\":\"\",\ndata: \"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"eos\"}]}\n\n"
        + "\n"
        + "data: {\"id\":\"\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}\n\n"
        + "data: [DONE]\n\n";

    private const string Expected =
        ": ping\n\n"
        + "id: 1\nevent: message\ndata: {\"id\":\"req_1\",\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"h\\u00e4 é😀\",\"reasoning_content\":\"h\\u00e4 é😀\"}}]}\n\n"
        + "data:{\"id\":\"req_1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"漢\"}}]}\r\n\r\n"
        + "data: {\"id\":\"req_1\",\ndata: \"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        + "data: [DONE]\n\n";

    private static readonly ResponseDialect Dialect = new()
    {
        FillsEmptyId = true,
        Reasoning = ReasoningField.Reasoning,
        FinishReasons = new Dictionary<string, string?> { ["eos"] = "stop" },
    };

    public static TheoryData<string, string> Fixtures => FixtureFolders.Files("*.sse");

    [Fact]
    public async Task Copy_SplitInTwoAnywhere_GivesTheSame()
    {
        var bytes = Encoding.UTF8.GetBytes(Stream);
        for (var at = 0; at <= bytes.Length; at++)
        {
            await AssertSameAsync([bytes[..at], bytes[at..]], 64 * 1024);
        }
    }

    [Theory]
    [InlineData(1, 64 * 1024)]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(7, 1)]
    [InlineData(100_000, 1)]
    [InlineData(100_000, 7)]
    public async Task Copy_SmallPiecesAndSmallReads_GiveTheSame(int pieces, int reads) => await AssertSameAsync(Encoding.UTF8.GetBytes(Stream).Chunk(pieces), reads);

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task Copy_StreamOfAnEngineByteByByte_GivesTheSameAsInOnePiece(string engine, string file)
    {
        var bytes = new Fixtures(engine).Get(file);
        var shape = file.Split('-', '.')[0] switch
        {
            "chat" or "completions" => StreamShape.Choices,
            "responses" => StreamShape.Responses,
            "messages" => StreamShape.Messages,
            _ => StreamShape.TypedEvents,
        };
        var dialect = EngineCatalog.Find(engine)!.Responses;

        using var whole = await new RelayRun(new ScriptedStream([bytes]), shape, dialect, hidesUsage: true).CopyAsync();
        using var single = await new RelayRun(new ScriptedStream(bytes.Chunk(1)), shape, dialect, hidesUsage: true).CopyAsync(5);

        Assert.Equal(whole.Received, single.Received);
        Assert.Equal((RelayEnd.Complete, whole.Relay.Usage), (single.Relay.End, single.Relay.Usage));
    }

    private static async Task AssertSameAsync(IEnumerable<byte[]> pieces, int reads)
    {
        using var run = await new RelayRun(new ScriptedStream(pieces.Where(piece => piece.Length > 0)), StreamShape.Choices, Dialect, hidesUsage: true).CopyAsync(reads);

        Assert.Equal(Expected, run.Received);
        Assert.Equal(RelayEnd.Complete, run.Relay.End);
        Assert.Equal((3, 5, true), (run.Relay.Usage.Input, run.Relay.Usage.Output, run.Relay.Usage.Known));
        Assert.Equal(2, run.Observer.Contents);
    }
}
