using System.Buffers;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;

namespace Gateway.Proxy.Responses;

/// <summary>The last event of a stream that failed after it had begun, in the shape that clients of its API expect.</summary>
internal static class InBandError
{
    public static byte[] Event(StreamShape shape, GatewayError error) =>
        Event(shape, new EngineError(error.Status, error.Message, error.Type, error.Param, error.Code));

    public static byte[] Event(StreamShape shape, EngineError error)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + error.Message.Length);
        if (shape is StreamShape.Messages or StreamShape.Responses)
        {
            buffer.Write("event: error\n"u8);
        }

        buffer.Write("data: "u8);
        buffer.Write(shape == StreamShape.Responses ? Responses(error) : ErrorWriter.Envelope(error, shape == StreamShape.Messages));
        buffer.Write("\n\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The same as a message of a realtime session.</summary>
    /// <param name="error">The error.</param>
    /// <param name="requestId">Names the event.</param>
    public static byte[] Message(GatewayError error, string requestId)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + error.Message.Length);
        using (var json = new Utf8JsonWriter(buffer, GatewayJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "error"u8);
            json.WriteString("event_id"u8, requestId);
            json.WriteStartObject("error"u8);
            json.WriteString("type"u8, error.Type);
            json.WriteString("code"u8, error.Code);
            json.WriteString("message"u8, error.Message);
            json.WriteString("param"u8, error.Param);
            json.WriteNull("event_id"u8);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    // The Responses API has a flat error; its clients read both shapes.
    private static ReadOnlySpan<byte> Responses(EngineError error)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + error.Message.Length);
        using (var json = new Utf8JsonWriter(buffer, GatewayJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "error"u8);
            json.WriteString("code"u8, error.Code);
            json.WriteString("message"u8, error.Message);
            json.WriteString("param"u8, error.Param);
            json.WriteStartObject("error"u8);
            json.WriteString("message"u8, error.Message);
            json.WriteString("type"u8, error.Type);
            json.WriteString("param"u8, error.Param);
            json.WriteString("code"u8, error.Code);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }
}
