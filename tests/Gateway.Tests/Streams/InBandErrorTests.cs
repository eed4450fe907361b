using System.Text;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>The last event of a failed stream, where the clients of each API look for it.</summary>
public sealed class InBandErrorTests
{
    private const string OpenAi = """{"message":"It \"broke\".\n","type":"server_error","param":null,"code":"stream_interrupted"}""";

    [Theory]
    [InlineData("Choices", "data: {\"error\":" + OpenAi + "}\n\n")]
    [InlineData("TypedEvents", "data: {\"error\":" + OpenAi + "}\n\n")]
    [InlineData("None", "data: {\"error\":" + OpenAi + "}\n\n")]
    [InlineData("Messages", "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"It \\\"broke\\\".\\n\"}}\n\n")]
    [InlineData("Responses", "event: error\ndata: {\"type\":\"error\",\"code\":\"stream_interrupted\",\"message\":\"It \\\"broke\\\".\\n\",\"param\":null,\"error\":" + OpenAi + "}\n\n")]
    public void Event_Shape_IsItsApis(string shape, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(InBandError.Event(Enum.Parse<StreamShape>(shape), GatewayError.StreamInterrupted("It \"broke\".\n"))));

    [Fact]
    public void Event_ErrorOfTheEngine_KeepsItsParts() =>
        Assert.Equal(
            "data: {\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":\"p\",\"code\":null}}\n\n",
            Encoding.UTF8.GetString(InBandError.Event(StreamShape.Choices, new EngineError(400, "m", "t", "p", null))));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task GuardedStream_Bytes_ComeInOrderUnderTheDeadlines(int reads)
    {
        using var observer = new RecordingObserver();
        using var source = new ScriptedStream(["two"u8.ToArray(), "three"u8.ToArray()]);
        await using var stream = new DeadlineStream("one"u8.ToArray(), source, observer);
        using var received = new MemoryStream();

        await stream.CopyToAsync(received, reads);

        Assert.Equal("onetwothree", Encoding.UTF8.GetString(received.ToArray()));
        Assert.True(observer.Reads >= 3);
    }

    [Fact]
    public async Task GuardedStream_Stopped_EndsTheReading()
    {
        using var observer = new RecordingObserver();
        await using var stream = new DeadlineStream(default, new ScriptedStream([], open: true), observer);
        var read = stream.ReadAsync(new byte[10]).AsTask();

        observer.Stop();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(TimeSpan.FromSeconds(20)));
    }
}
