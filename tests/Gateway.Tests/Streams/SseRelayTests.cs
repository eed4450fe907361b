using System.Text;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>Streams that end well, and each way in which they do not.</summary>
public sealed class SseRelayTests
{
    private const string Role = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n";
    private const string Hello = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"},\"finish_reason\":null}]}\n\n";
    private const string Stop = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private const string Usage = "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,\"total_tokens\":8}}\n\n";
    private const string Done = "data: [DONE]\n\n";
    private const string MessageDelta = "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":1}}\n\n";
    private const string StopWithFingerprint = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"system_fingerprint\":\"v1\"}\n\n";
    private const string Counts = "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3},\"system_fingerprint\":\"v1\"}\n\n";
    private const string Cut = "{\"error\":{\"message\":\"The engine ended the stream before the answer was complete.\",\"type\":\"server_error\",\"param\":null,\"code\":\"stream_interrupted\"}}";

    [Theory]
    [InlineData(Role + Hello + Stop + Usage + Done)]
    [InlineData(": ping\n\n" + Hello + ": ping\n\n" + Stop + Done + ": bye\n\n")]
    [InlineData("id: 1\nevent: message\nretry: 100\n" + Hello + Stop + Done)]
    [InlineData("\n\n" + Hello + "\n" + Stop + Done + "\n")]
    [InlineData(Hello + Stop + Done + Done)]
    public async Task Copy_SoundStream_IsTheSameBytes(string stream)
    {
        foreach (var text in new[] { stream, stream.Replace("\n", "\r\n", StringComparison.Ordinal), stream.Replace("data: ", "data:", StringComparison.Ordinal) })
        {
            using var run = await RelayRun.Of(text).CopyAsync();

            Assert.Equal(text.TrimEnd('\r', '\n'), run.Received.TrimEnd('\r', '\n'));
            Assert.EndsWith(text.Contains('\r', StringComparison.Ordinal) ? "\r\n\r\n" : "\n\n", run.Received, StringComparison.Ordinal);
            Assert.Equal(RelayEnd.Complete, run.Relay.End);
            Assert.Null(run.Relay.Fault);
        }
    }

    [Theory]
    [InlineData(Hello, "")]
    [InlineData(Hello, Done)]
    [InlineData(Role + Hello, Done)]
    [InlineData("", Done)]
    [InlineData("", "")]
    [InlineData("data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"},{\"index\":1,\"delta\":{\"content\":\"x\"}}]}\n\n", Done)]
    public async Task Copy_EndBeforeTheAnswerIsComplete_IsToldInBandWithoutDone(string sound, string end)
    {
        using var run = await RelayRun.Of(sound + end).CopyAsync();

        Assert.Equal(sound + "data: " + Cut + "\n\n", run.Received);
        Assert.Equal((RelayEnd.Interrupted, "stream_interrupted"), (run.Relay.End, run.Relay.Fault?.Code));
    }

    [Theory]
    [InlineData(Hello + Stop)]
    [InlineData(Hello + Stop + Usage)]
    [InlineData(Hello + Stop + ": bye\n\n")]
    public async Task Copy_EngineThatSendsNoDone_IsCompleteAndTheMarkerIsAdded(string stream)
    {
        using var run = await RelayRun.Of(stream).CopyAsync();

        Assert.Equal((stream + Done, RelayEnd.Complete), (run.Received, run.Relay.End));
    }

    [Theory]
    [InlineData(StreamShape.Choices, Hello + Stop, "data: [DONE]")]
    [InlineData(StreamShape.Choices, Hello, "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}")]
    [InlineData(StreamShape.Choices, Hello + Stop, "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}")]
    [InlineData(StreamShape.Responses, "", "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{}}")]
    [InlineData(StreamShape.Messages, MessageDelta, "event: message_stop\ndata: {\"type\":\"message_stop\"}")]
    public async Task Copy_LastEventWithoutItsBlankLine_IsAWholeEvent(object shape, string before, string last)
    {
        foreach (var (tail, rest) in new[] { ("", "\n\n"), ("\n", "\n"), ("\r\n", "\n"), ("\r", "\n\n") })
        {
            using var run = await RelayRun.Of(before + last + tail, (StreamShape)shape).CopyAsync();

            var marker = last.Contains("DONE", StringComparison.Ordinal) || (StreamShape)shape != StreamShape.Choices ? "" : Done;
            Assert.Equal((before + last + tail + rest + marker, RelayEnd.Complete), (run.Received, run.Relay.End));
        }
    }

    [Theory]
    [InlineData("abort")]
    [InlineData("Abort")]
    [InlineData("error")]
    public async Task Copy_FinishReasonOfAnAnswerThatWasStopped_IsAnInterruption(string reason)
    {
        using var run = await RelayRun.Of(Hello + Stop.Replace("stop", reason, StringComparison.Ordinal) + Usage + Done).CopyAsync();

        Assert.Equal((RelayEnd.Interrupted, "stream_interrupted"), (run.Relay.End, run.Relay.Fault?.Code));
        Assert.StartsWith(Hello + "data: {\"error\":{\"message\":\"The engine stopped the answer before it was complete.\"", run.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", run.Received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StreamShape.Messages, "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":null,\"stop_sequence\":null},\"usage\":{\"output_tokens\":1}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")]
    [InlineData(StreamShape.Messages, "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"abort\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n")]
    [InlineData(StreamShape.Messages, "data: {\"type\":\"message_stop\"}\n\n")]
    [InlineData(StreamShape.Responses, "data: {\"type\":\"response.completed\",\"response\":{\"background\":false,\"status\":\"cancelled\"}}\n\n")]
    [InlineData(StreamShape.Responses, "data: {\"type\":\"response.incomplete\",\"response\":{\"incomplete_details\":{\"reason\":\"abort\"}}}\n\n")]
    public async Task Copy_TypedStreamThatWasStopped_IsAnInterruption(object shape, string end)
    {
        const string Delta = "data: {\"type\":\"x.delta\",\"text\":\"a\"}\n\n";
        using var run = await RelayRun.Of(Delta + end, (StreamShape)shape).CopyAsync();

        Assert.Equal((RelayEnd.Interrupted, "stream_interrupted"), (run.Relay.End, run.Relay.Fault?.Code));
        Assert.DoesNotContain("message_stop", run.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("response.completed", run.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_MessageWithItsReasonAndWithoutItsStop_IsCompleteAndTheStopIsAdded()
    {
        using var run = await RelayRun.Of(MessageDelta, StreamShape.Messages).CopyAsync();

        Assert.Equal((MessageDelta + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", RelayEnd.Complete), (run.Received, run.Relay.End));
    }

    [Fact]
    public async Task Copy_ResponseThatIsCompletedAndIncomplete_GetsTheEventThatSaysSo()
    {
        using var run = await RelayRun.Of("event: response.completed\ndata: {\"response\":{\"status\":\"incomplete\"},\"type\":\"response.completed\"}\n\n", StreamShape.Responses).CopyAsync();

        Assert.Equal("event: response.incomplete\ndata: {\"response\":{\"status\":\"incomplete\"},\"type\":\"response.incomplete\"}\n\n", run.Received);
        Assert.Equal(RelayEnd.Complete, run.Relay.End);
    }

    [Theory]
    [InlineData(Hello + Stop + Counts + Done, Hello + StopWithFingerprint + Done)]
    [InlineData(Hello + Stop + ": ping\n\n" + Counts + Done, Hello + Stop + ": ping\n\n" + Done)]
    [InlineData(Hello + Stop + Usage + Done, Hello + Stop + Done)]
    [InlineData(Hello + Stop + Counts, Hello + StopWithFingerprint + Done)]
    [InlineData(Hello + Stop + Done, Hello + Stop + Done)]
    [InlineData(Hello + Stop, Hello + Stop + Done)]
    [InlineData(Hello + StopWithFingerprint + Counts + Done, Hello + StopWithFingerprint + Done)]
    public async Task Copy_FingerprintInTheHiddenUsage_GoesWithTheFinishReason(string stream, string expected)
    {
        using var run = await RelayRun.Of(stream, dialect: new() { FingerprintWithUsage = true }, hidesUsage: true).CopyAsync();

        Assert.Equal((expected, RelayEnd.Complete), (run.Received, run.Relay.End));
    }

    [Fact]
    public async Task Copy_EndNeverCameBehindTheFinishReason_ItIsPassedBeforeTheError()
    {
        using var run = await new RelayRun(new ScriptedStream([Encoding.UTF8.GetBytes(Hello + Stop)], new IOException()), dialect: new() { FingerprintWithUsage = true }, hidesUsage: true).CopyAsync();

        Assert.StartsWith(Hello + Stop + "data: {\"error\"", run.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_ByteOrderMark_IsNoPartOfTheFirstEvent()
    {
        using var run = await RelayRun.Of("\uFEFF" + Hello + Stop + Done).CopyAsync();

        Assert.Equal((Hello + Stop + Done, RelayEnd.Complete), (run.Received, run.Relay.End));
    }

    // Every cut inside an event is seen, and nothing of that event is passed on.
    [Fact]
    public async Task Copy_CutInTheMiddleOfAnEvent_PassesOnlyWholeEvents()
    {
        for (var length = 1; length < Stop.Length - 2; length++)
        {
            using var run = await RelayRun.Of(Hello + Stop[..length]).CopyAsync();

            Assert.Equal(Hello + "data: " + Cut.Replace("ended the stream before the answer was complete", "ended the stream in the middle of an event", StringComparison.Ordinal) + "\n\n", run.Received);
            Assert.Equal(RelayEnd.Interrupted, run.Relay.End);
        }
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(HttpRequestException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task Copy_ReadThatFails_IsTheFaultItIs(Type fault)
    {
        var exception = fault == typeof(ObjectDisposedException) ? new ObjectDisposedException("stream") : (Exception)Activator.CreateInstance(fault)!;
        using var run = await new RelayRun(new ScriptedStream([Encoding.UTF8.GetBytes(Hello + "data: {\"cho")], exception)).CopyAsync();

        Assert.StartsWith(Hello + "data: {\"error\":{\"message\":\"fault: " + fault.Name, run.Received, StringComparison.Ordinal);
        Assert.Equal(RelayEnd.Interrupted, run.Relay.End);
    }

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"no\",\"code\":500}}\n\n", "{\"error\":{\"message\":\"no\",\"code\":500}}")]
    [InlineData("data: {\"error\":\"no\",\"error_type\":\"generation\"}\n\n", "{\"error\":\"no\",\"error_type\":\"generation\"}")]
    [InlineData("event: error\ndata: {\"message\":\"no\"}\n\n", "{\"message\":\"no\"}")]
    [InlineData("event: error\ndata: no JSON\n\n", "no JSON")]
    [InlineData("error: {\"code\":400,\"message\":\"no\"}\n\n", "{\"code\":400,\"message\":\"no\"}")]
    [InlineData("error:{\"code\":400,\"message\":\"no\"}\r\n\r\n", "{\"code\":400,\"message\":\"no\"}")]
    [InlineData("error: no\n\n", "no")]
    [InlineData("{\"error\":{\"message\":\"no\"}}\n\n", "{\"error\":{\"message\":\"no\"}}")]
    [InlineData("{\"error\":{\"message\":\"no\"}}\n", "{\"error\":{\"message\":\"no\"}}")]
    [InlineData("{\"detail\":\"no\"}\r\n", "{\"detail\":\"no\"}")]
    [InlineData("data: {\"object\":\"error\",\"message\":\"no\",\"code\":400}\n\n", "{\"object\":\"error\",\"message\":\"no\",\"code\":400}")]
    public async Task Copy_ErrorOfTheEngine_IsTranslatedAndTheLastEvent(string error, string data)
    {
        const string Translated = "data: {\"error\":{\"message\":\"translated\",\"type\":\"invalid_request_error\",\"param\":\"messages\",\"code\":\"context_length_exceeded\"}}\n\n";
        foreach (var before in (string[])["", Hello, ": ping\n\n" + Role])
        {
            using var run = await RelayRun.Of(before + error + Stop + Done).CopyAsync();

            Assert.Equal(before + Translated, run.Received);
            Assert.Equal([data], run.Observer.Translated);
            Assert.Equal((RelayEnd.EngineError, 400), (run.Relay.End, run.Relay.EngineError?.Status));
        }
    }

    [Theory]
    [InlineData("data: no JSON\n\n")]
    [InlineData("data: {\"choices\":[\n\n")]
    [InlineData("data: {} {}\n\n")]
    [InlineData("data: []\n\n")]
    [InlineData("data: <html>\n\n")]
    [InlineData("data: [DONE]x\n\n")]
    public async Task Copy_EventThatIsNoJson_IsAnInterruption(string nonsense)
    {
        using var run = await RelayRun.Of(Hello + nonsense + Stop + Done).CopyAsync();

        Assert.Equal(Hello + "data: " + Cut.Replace("ended the stream before the answer was complete", "sent an event that is not valid JSON", StringComparison.Ordinal) + "\n\n", run.Received);
    }

    [Theory]
    [InlineData("Responses", "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"x\"}\n\n", "event: error\ndata: {\"type\":\"error\",\"code\":\"stream_interrupted\",\"message\":\"")]
    [InlineData("Messages", "event: content_block_delta\ndata: {\"type\":\"content_block_delta\"}\n\n", "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"")]
    public async Task Copy_CutOfAnotherApi_IsToldInItsOwnWords(string shape, string sound, string expected)
    {
        using var run = await RelayRun.Of(sound, Enum.Parse<StreamShape>(shape)).CopyAsync();

        Assert.StartsWith(sound + expected, run.Received, StringComparison.Ordinal);
        Assert.Equal(RelayEnd.Interrupted, run.Relay.End);
    }

    [Theory]
    [InlineData("data: {\"type\":\"transcript.text.delta\",\"delta\":\"x\"}\n\n")]
    [InlineData("data: {\"type\":\"transcript.text.done\",\"text\":\"x\"}\n\n")]
    public async Task Copy_ShapeThatSaysNothingOfItsEnd_EndsWithTheBody(string stream)
    {
        using var run = await RelayRun.Of(stream, StreamShape.TypedEvents).CopyAsync();

        Assert.Equal((stream, RelayEnd.Complete), (run.Received, run.Relay.End));
    }

    [Fact]
    public async Task Copy_NothingAtAll_IsAnInterruptionWhateverTheShape()
    {
        using var run = await RelayRun.Of(": ping\n\n", StreamShape.TypedEvents).CopyAsync();

        Assert.Contains("The engine ended the stream before its first event.", run.Received, StringComparison.Ordinal);
    }
}
