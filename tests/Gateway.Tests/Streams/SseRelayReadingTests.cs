using System.Runtime.InteropServices;
using System.Text;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>How the relay reads: up to the first event, as soon as there is something, and with nothing held while there is not.</summary>
public sealed class SseRelayReadingTests
{
    private const string Hello = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}\n\n";
    private const string Stop = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    private const int Most = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task ReadFirst_Comments_AreNoBeginning()
    {
        using var run = Open(": ping\n\n");
        var first = run.Relay.ReadFirstAsync(Most, CancellationToken.None).AsTask();

        run.Source.Give(": ping\n\n"u8.ToArray());
        await UntilAsync(() => run.Source.Waits > 1);
        Assert.False(first.IsCompleted);

        run.Source.Give(Encoding.UTF8.GetBytes(Hello));
        await first.WaitAsync(Patience);
        Assert.Equal(RelayEnd.None, run.Relay.End);
        Assert.Equal(": ping\n\n: ping\n\n" + Hello, await ReadAsync(run));
    }

    [Theory]
    [InlineData("Choices", "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n", Hello)]
    [InlineData("Responses", "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"r\"}}\n\n", "data: {\"type\":\"response.output_text.delta\",\"delta\":\"x\"}\n\n")]
    [InlineData("Messages", "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n", "data: {\"type\":\"content_block_start\",\"index\":0}\n\n")]
    public async Task ReadFirst_Preamble_IsHeldAndPassedWithWhatFollows(string shape, string preamble, string data)
    {
        using var run = new RelayRun(new ScriptedStream([Encoding.UTF8.GetBytes(preamble)], open: true), Enum.Parse<StreamShape>(shape));
        var first = run.Relay.ReadFirstAsync(Most, CancellationToken.None).AsTask();
        await UntilAsync(() => run.Source.Waits > 0);
        Assert.False(first.IsCompleted);

        run.Source.Give(Encoding.UTF8.GetBytes(data));
        await first.WaitAsync(Patience);

        Assert.Equal(preamble + data, await ReadAsync(run));
    }

    [Fact]
    public async Task ReadFirst_PreamblesWithoutEnd_AreKeptUpToALimit()
    {
        using var run = new RelayRun(new ScriptedStream([.. Enumerable.Repeat(": ping\n\n"u8.ToArray(), 20)], open: true));

        await run.Relay.ReadFirstAsync(100, CancellationToken.None).AsTask().WaitAsync(Patience);

        Assert.Equal(RelayEnd.None, run.Relay.End);
        Assert.Equal(104, (await ReadAsync(run)).Length);
    }

    [Theory]
    [InlineData("data: {\"error\":\"no\"}\n\n", RelayEnd.EngineError)]
    [InlineData("data: no JSON\n\n", RelayEnd.Interrupted)]
    [InlineData("data: [DONE]\n\n", RelayEnd.Interrupted)]
    [InlineData("data: {\"cho", RelayEnd.None)]
    internal async Task ReadFirst_Beginning_IsJudgedBeforeAnythingIsRead(string beginning, RelayEnd expected)
    {
        using var run = Open(beginning);
        var first = run.Relay.ReadFirstAsync(Most, CancellationToken.None).AsTask();
        if (expected == RelayEnd.None)
        {
            run.Source.End();
            expected = RelayEnd.Interrupted;
        }

        await first.WaitAsync(Patience);

        Assert.Equal(expected, run.Relay.End);
    }

    [Fact]
    public async Task ReadFirst_Canceled_IsAFault()
    {
        using var run = Open("");
        using var cancel = new CancellationTokenSource();
        var first = run.Relay.ReadFirstAsync(Most, cancel.Token).AsTask();

        await cancel.CancelAsync();
        await first.WaitAsync(Patience);

        Assert.StartsWith("fault: ", run.Relay.Fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_EachEvent_IsThereAsSoonAsItCame()
    {
        using var run = Open(Hello);
        Assert.Equal(Hello, await ReadAsync(run));

        var next = ReadAsync(run);
        run.Source.Give(Encoding.UTF8.GetBytes(Hello[..10]));
        await UntilAsync(() => run.Source.Waits > 1);
        Assert.False(next.IsCompleted);
        run.Source.Give(Encoding.UTF8.GetBytes(Hello[10..]));

        Assert.Equal(Hello, await next.WaitAsync(Patience));
    }

    [Fact]
    public async Task Read_EventsThatAreHereAlready_AreReadTogether()
    {
        using var run = new RelayRun(new ScriptedStream([.. Enumerable.Repeat(Encoding.UTF8.GetBytes(Hello), 5), Encoding.UTF8.GetBytes(Hello[..20])], open: true));

        Assert.Equal(string.Concat(Enumerable.Repeat(Hello, 5)), await ReadAsync(run));
        run.Source.Give(Encoding.UTF8.GetBytes(Hello[20..]));
        Assert.Equal(Hello, await ReadAsync(run).WaitAsync(Patience));
        run.Source.Give(Encoding.UTF8.GetBytes(Stop));
        run.Source.End();
        Assert.Equal(Stop, await ReadAsync(run).WaitAsync(Patience));
        Assert.Equal((RelayEnd.Complete, 0), (run.Relay.End, run.Source.WaitsWithBuffer));
    }

    // An engine that is never out of words must not keep them from the client.
    [Fact]
    public async Task Read_EngineThatIsNeverOutOfWords_IsReadInPieces()
    {
        var large = Encoding.UTF8.GetBytes(Hello.Replace("Hello", new string('x', 10_000), StringComparison.Ordinal));
        using var run = new RelayRun(new ScriptedStream([.. Enumerable.Repeat(large, 50)], open: true));
        var buffer = new byte[1024 * 1024];

        Assert.Equal(2 * large.Length, await run.Relay.ReadAsync(buffer).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task Read_FaultBehindEventsThatAreHere_ComesBehindThem()
    {
        using var run = new RelayRun(new ScriptedStream([Encoding.UTF8.GetBytes(Hello)], fault: new IOException("cut")));

        Assert.StartsWith(Hello, await ReadAsync(run), StringComparison.Ordinal);
        await run.CopyAsync();
        Assert.Equal(RelayEnd.Interrupted, run.Relay.End);
    }

    // Thousands of streams wait at a time: none may hold a buffer for an event that has not come.
    [Fact]
    public async Task Read_NothingToRead_HoldsNoBuffer()
    {
        using var run = Open(Hello);
        Assert.Equal(Hello, await ReadAsync(run));

        var waiting = run.Relay.ReadAsync(Memory<byte>.Empty).AsTask();
        await UntilAsync(() => run.Source.Waits > 0);
        run.Source.Give(Encoding.UTF8.GetBytes(Stop));
        Assert.Equal(0, await waiting.WaitAsync(Patience));
        Assert.Equal(Stop, await ReadAsync(run));

        var end = ReadAsync(run);
        await UntilAsync(() => run.Source.Waits > 1);
        run.Source.End();
        Assert.Equal("", await end.WaitAsync(Patience));
        Assert.Equal((0, RelayEnd.Complete), (run.Source.WaitsWithBuffer, run.Relay.End));
    }

    [Fact]
    public async Task Read_Stopped_EndsTheWaitInBand()
    {
        using var run = Open(Hello);
        Assert.Equal(Hello, await ReadAsync(run));

        var waiting = run.Relay.ReadAsync(Memory<byte>.Empty).AsTask();
        run.Observer.Stop();
        Assert.Equal(0, await waiting.WaitAsync(Patience));

        Assert.StartsWith("data: {\"error\":{\"message\":\"fault: ", await ReadAsync(run), StringComparison.Ordinal);
        Assert.Equal("", await ReadAsync(run));
    }

    [Fact]
    public async Task Read_EndlessEvent_IsGivenUp()
    {
        var piece = new byte[1024 * 1024];
        Array.Fill(piece, (byte)'x');
        using var run = await new RelayRun(new ScriptedStream([Encoding.UTF8.GetBytes(Hello + "data: \""), .. Enumerable.Repeat(piece, 40)])).CopyAsync();

        Assert.StartsWith(Hello + "data: {\"error\":{\"message\":\"The engine sent an event larger than 32 MiB.", run.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_LargeEvent_Passes()
    {
        var large = Hello.Replace("Hello", new string('x', 5_000_000), StringComparison.Ordinal);
        using var run = await new RelayRun(new ScriptedStream(Encoding.UTF8.GetBytes(large + Stop).Chunk(100_000))).CopyAsync();

        Assert.Equal(large + Stop, run.Received);
    }

    [Fact]
    public async Task Observer_Stream_IsToldOfEveryReadAndOfContent()
    {
        using var run = await new RelayRun(new ScriptedStream([": ping\n\n"u8.ToArray(), Encoding.UTF8.GetBytes(Hello), Encoding.UTF8.GetBytes(Stop)])).CopyAsync();

        Assert.Equal((4, 1), (run.Observer.Reads, run.Observer.Contents));
    }

    [Fact]
    public void Dispose_Relay_ClosesTheEnginesStream()
    {
        var run = Open(Hello);

        run.Dispose();

        Assert.True(run.Source.Disposed);
    }

    [Fact]
    public async Task Dispose_ReadUnderWay_IsEndedAndTheEnginesStreamClosed()
    {
        var run = Open(Hello);
        Assert.Equal(Hello, await ReadAsync(run));
        Assert.Equal(1, run.Source.Waits);

        run.Dispose();

        await UntilAsync(() => run.Source.Disposed);
    }

    [Fact]
    public void StreamBuffer_EverythingConsumed_HoldsNothing()
    {
        using var buffer = new StreamBuffer();
        "abcdef"u8.CopyTo(buffer.GetSpan(6));
        buffer.Advance(6);
        buffer.Consume(4);
        Assert.Equal("ef", Encoding.UTF8.GetString(buffer.Span));

        "gh"u8.CopyTo(buffer.GetSpan(100_000));
        buffer.Advance(2);
        Assert.Equal("efgh", Encoding.UTF8.GetString(buffer.Span));

        buffer.Consume(4);
        Assert.Equal(0, buffer.Length);
        Assert.True(MemoryMarshal.TryGetArray(buffer.Memory, out var array));
        Assert.Empty(array.Array!);
    }

    private static RelayRun Open(string beginning) => new(new ScriptedStream(beginning.Length == 0 ? [] : [Encoding.UTF8.GetBytes(beginning)], open: true), StreamShape.Choices);

    private static async Task<string> ReadAsync(RelayRun run)
    {
        _ = await run.Relay.ReadAsync(Memory<byte>.Empty);
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, await run.Relay.ReadAsync(buffer));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(1, deadline.Token);
        }
    }
}
