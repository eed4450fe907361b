using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>Answers whose pieces say their type, and the bodies of all other endpoints.</summary>
public sealed class TypedInspectorTests
{
    [Theory]
    [InlineData("Responses", """{"type":"response.completed","response":{"status":"completed"}}""", true)]
    [InlineData("Responses", """{"response":{"error":{"message":"x"}},"type":"response.failed"}""", true)]
    [InlineData("Responses", """{"type":"response.incomplete"}""", true)]
    [InlineData("Responses", """{"type":"response.cancelled"}""", true)]
    [InlineData("Responses", """{"type":"response.output_text.done"}""", false)]
    [InlineData("Responses", """{"type":"response.output_item.done"}""", false)]
    [InlineData("Responses", """{"type":"message_stop"}""", false)]
    [InlineData("Responses", """{"type":null}""", false)]
    [InlineData("Responses", """{"response":{"type":"response.completed"}}""", false)]
    [InlineData("Messages", """{"type":"message_delta","delta":{"stop_reason":"end_turn"}}""", true)]
    [InlineData("Messages", """{"type":"message_delta","delta":{"stop_reason":null}}""", false)]
    [InlineData("Messages", """{"type":"content_block_stop"}""", false)]
    [InlineData("TypedEvents", """{"type":"transcript.text.done"}""", true)]
    [InlineData("TypedEvents", """{"type":"image_generation.completed"}""", true)]
    [InlineData("TypedEvents", """{"type":"transcript.text.delta"}""", false)]
    public void IsComplete_LastEvent_IsTheOneOfItsApi(string shape, string json, bool expected)
    {
        var inspector = Inspector(shape);

        Assert.Equal(PieceKind.Sound, inspector.Look(json));
        Assert.Equal(expected, inspector.IsComplete);
        Assert.Equal(shape != "TypedEvents", inspector.KnowsEnd);
        Assert.Empty(inspector.Splices);
    }

    [Fact]
    public void IsComplete_LaterEvents_DoNotTakeItBack()
    {
        var inspector = Inspector("Responses");
        inspector.Look("""{"type":"response.completed"}""");
        inspector.Look("""{"type":"response.created"}""");

        Assert.True(inspector.IsComplete);
    }

    [Theory]
    [InlineData("""{"type":"error","message":"no"}""", true)]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"no"}}""", true)]
    [InlineData("""{"error":{"message":"no"}}""", true)]
    [InlineData("""{"error":"no","error_type":"x"}""", true)]
    [InlineData("""{"message":"no","error":[]}""", true)]
    [InlineData("""{"object":"error","message":"no","type":"BadRequestError","code":500}""", true)]
    [InlineData("""{"message":"no","object":"error"}""", true)]
    [InlineData("""{"error":null}""", false)]
    [InlineData("""{"type":"response.failed","error":{"message":"no"}}""", false)]
    [InlineData("""{"object":"response","status":"failed","error":{"code":"server_error","message":"no"}}""", false)]
    [InlineData("""{"error":{"message":"no"},"object":"response"}""", false)]
    [InlineData("""{"response":{"error":{"message":"no"}}}""", false)]
    public void Inspect_Error_IsOneOnlyOutsideAWholeAnswer(string json, bool error) =>
        Assert.All(((string[])["Responses", "Messages", "TypedEvents", "None"]), shape => Assert.Equal(error ? PieceKind.Error : PieceKind.Sound, Inspector(shape).Look(json)));

    [Theory]
    [InlineData("event name decides", "error")]
    [InlineData("""{"type":"ping"}""", "error")]
    public void Inspect_EventNamedError_IsAnError(string json, string name) => Assert.Equal(PieceKind.Error, Inspector("Messages").Look(json, name));

    [Theory]
    [InlineData("None", "[1,{\"error\":1}]", "Sound")]
    [InlineData("None", "[] x", "Invalid")]
    [InlineData("None", "[1", "Invalid")]
    [InlineData("None", "\"x\"", "Invalid")]
    [InlineData("None", "7", "Invalid")]
    [InlineData("None", "<html>", "Invalid")]
    [InlineData("None", "", "Invalid")]
    [InlineData("None", "{}{}", "Invalid")]
    [InlineData("Responses", "[]", "Invalid")]
    [InlineData("Messages", "[]", "Invalid")]
    [InlineData("TypedEvents", "[]", "Invalid")]
    public void Inspect_OtherThanObject_IsSoundOnlyWhereAListMayBeTheAnswer(string shape, string json, string expected) =>
        Assert.Equal(expected, Inspector(shape).Look(json).ToString());

    [Theory]
    [InlineData("""{"type":"response.completed","response":{"id":"r","usage":{"input_tokens":3,"output_tokens":5}}}""", 3, 5)]
    [InlineData("""{"type":"message_start","message":{"usage":{"input_tokens":3,"output_tokens":1},"id":"m"}}""", 3, 1)]
    [InlineData("""{"type":"message_delta","delta":{"usage":{"input_tokens":9}},"usage":{"output_tokens":5}}""", 0, 5)]
    [InlineData("""{"object":"list","data":[{"usage":{"prompt_tokens":9}}],"usage":{"prompt_tokens":3}}""", 3, 0)]
    [InlineData("""{"response":"x","message":[{"usage":{"input_tokens":9}}]}""", 0, 0)]
    public void Usage_Piece_IsFoundAtTheTopOrInWhatTheEventIsAbout(string json, long input, long output)
    {
        var inspector = Inspector("Responses");
        inspector.Look(json);

        Assert.Equal((input, output), (inspector.Usage.Input, inspector.Usage.Output));
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.delta","delta":"x"}""", true)]
    [InlineData("""{"type":"content_block_delta"}""", true)]
    [InlineData("""{"type":"response.created"}""", false)]
    [InlineData("""{"type":"ping"}""", false)]
    [InlineData("""{"object":"list"}""", true)]
    public void HasContent_Event_IsADeltaOrAWholeAnswer(string json, bool expected)
    {
        var inspector = Inspector("Responses");
        inspector.Look(json);

        Assert.Equal(expected, inspector.HasContent);
    }

    [Theory]
    [InlineData("Responses", "response.created", true)]
    [InlineData("Responses", "response.queued", true)]
    [InlineData("Responses", "response.in_progress", true)]
    [InlineData("Responses", "response.output_item.added", false)]
    [InlineData("Responses", "response.output_text.delta", false)]
    [InlineData("Responses", "response.failed", false)]
    [InlineData("Messages", "message_start", true)]
    [InlineData("Messages", "ping", true)]
    [InlineData("Messages", "content_block_start", false)]
    [InlineData("Messages", "message_stop", false)]
    [InlineData("TypedEvents", "transcript.text.delta", false)]
    public void IsPreamble_Event_SaysOnlyThatTheRequestWasTaken(string shape, string type, bool expected)
    {
        var inspector = Inspector(shape);
        inspector.Look("{\"type\":\"response.created\"}");
        inspector.Look($"{{\"type\":\"{type}\"}}");

        Assert.Equal(expected, inspector.IsPreamble);
    }

    [Theory]
    [InlineData("""{"type":"message","content":[]}""")]
    [InlineData("""{"type":"message","content":[],"stop_reason":null}""")]
    [InlineData("""{"type":"message","content":[],"stop_reason":""}""")]
    [InlineData("""{"type":"message","content":[],"stop_reason":"abort"}""")]
    public void Inspect_MessageWithoutAReason_WasStopped(string json) => Assert.Equal(PieceKind.Aborted, Inspector("Messages").Look(json));

    [Theory]
    [InlineData("""{"type":"message","content":null,"stop_reason":"end_turn"}""", """{"type":"message","content":[],"stop_reason":"end_turn"}""")]
    [InlineData("""{"type":"message_start","message":{"content":null}}""", """{"type":"message_start","message":{"content":[]}}""")]
    public void Inspect_MessageWithoutAList_GetsAnEmptyOne(string json, string expected) => Assert.Equal(expected, Inspector("Messages").Edit(json));

    [Theory]
    [InlineData("""{"object":"response","status":"cancelled","background":false}""", "Aborted")]
    [InlineData("""{"object":"response","status":"cancelled"}""", "Aborted")]
    [InlineData("""{"object":"response","status":"cancelled","background":true}""", "Sound")]
    [InlineData("""{"object":"response","status":"incomplete","incomplete_details":{"reason":"abort"}}""", "Aborted")]
    [InlineData("""{"object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}""", "Sound")]
    public void Inspect_ResponseInOnePiece_TellsWhetherItWasStopped(string json, string kind) => Assert.Equal(kind, Inspector("Responses").Look(json).ToString());

    private static TypedInspector Inspector(string shape) => new(Enum.Parse<StreamShape>(shape), new ResponseDialect());
}
