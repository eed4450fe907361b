using System.Buffers;
using System.Buffers.Text;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Translation;

/// <summary>The events of a Messages stream, as they go out. Texts come as the engine escaped them.</summary>
internal static class MessagesEvents
{
    /// <summary>
    /// What a thinking block is signed with. Callers show and return only thinking that is signed; the mark says who made it, and is no
    /// signature of Anthropic's.
    /// </summary>
    public static ReadOnlySpan<byte> Signature => "gateway"u8;

    public static void WriteStart(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> model, TokenUsage usage)
    {
        output.Write("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_"u8);
        output.Write(id);
        output.Write("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\""u8);
        output.Write(model);
        output.Write("\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":"u8);
        WriteNumber(output, Math.Max(0, usage.Input - usage.Cached));
        output.Write(",\"output_tokens\":"u8);
        WriteNumber(output, usage.Output);
        output.Write("}}}\n\n"u8);
    }

    public static void WriteBlockStart(IBufferWriter<byte> output, int index, ReadOnlySpan<byte> block)
    {
        output.Write("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":"u8);
        WriteNumber(output, index);
        output.Write(",\"content_block\":"u8);
        output.Write(block);
    }

    /// <summary>Writes a delta.</summary>
    /// <param name="output">Gets it.</param>
    /// <param name="index">The block's place.</param>
    /// <param name="head">The delta up to the quote before its text.</param>
    /// <param name="inside">Its text.</param>
    public static void WriteDelta(IBufferWriter<byte> output, int index, ReadOnlySpan<byte> head, ReadOnlySpan<byte> inside)
    {
        output.Write("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"u8);
        WriteNumber(output, index);
        output.Write(head);
        output.Write(inside);
        output.Write("\"}}\n\n"u8);
    }

    public static void WriteBlockStop(IBufferWriter<byte> output, int index)
    {
        output.Write("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":"u8);
        WriteNumber(output, index);
        output.Write("}\n\n"u8);
    }

    public static void WriteEnd(IBufferWriter<byte> output, ReadOnlySpan<byte> reason, ReadOnlySpan<byte> stop, TokenUsage usage)
    {
        output.Write("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{"u8);
        WriteStopReason(output, reason, stop);
        output.Write("},\"usage\":"u8);
        WriteUsage(output, usage);
        output.Write("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8);
    }

    /// <summary>Writes the two members that say why the answer ended.</summary>
    public static void WriteStopReason(IBufferWriter<byte> output, ReadOnlySpan<byte> reason, ReadOnlySpan<byte> stop)
    {
        output.Write("\"stop_reason\":\""u8);
        output.Write(reason);
        output.Write("\",\"stop_sequence\":"u8);
        if (stop.IsEmpty)
        {
            output.Write("null"u8);
            return;
        }

        output.Write("\""u8);
        MessagesText.WriteEscaped(output, stop);
        output.Write("\""u8);
    }

    // Chat counts what came from a cache as a part of the prompt, this API beside it.
    public static void WriteUsage(IBufferWriter<byte> output, TokenUsage usage)
    {
        output.Write("{\"input_tokens\":"u8);
        WriteNumber(output, Math.Max(0, usage.Input - usage.Cached));
        output.Write(",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":"u8);
        WriteNumber(output, usage.Cached);
        output.Write(",\"output_tokens\":"u8);
        WriteNumber(output, usage.Output);
        output.Write("}"u8);
    }

    private static void WriteNumber(IBufferWriter<byte> output, long number)
    {
        var space = output.GetSpan(20);
        Utf8Formatter.TryFormat(number, space, out var written);
        output.Advance(written);
    }
}
