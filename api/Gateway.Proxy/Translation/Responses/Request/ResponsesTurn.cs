using System.Buffers;
using Gateway.Core.Errors;

namespace Gateway.Proxy.Translation;

/// <summary>One turn of the model, which this API has as several items and chat completions as one message.</summary>
internal sealed class ResponsesTurn
{
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly ArrayBufferWriter<byte> _reasoning = new();
    private readonly ArrayBufferWriter<byte> _calls = new();
    private bool _any;

    /// <summary>
    /// Adds a message of the turn. What the model refused with is what it said: hardly any engine has another member for it.
    /// </summary>
    public GatewayError? AddMessage(ResponsesValue content, string path)
    {
        _any = true;
        return ResponsesTexts.Write(content, Apart(_text), [], new(_text), path);
    }

    public bool TryAddReasoning(in ResponsesItem item)
    {
        var any = ResponsesReasoning.TryWrite(item, Apart(_reasoning), new(_reasoning));
        _any |= any;
        return any;
    }

    public ResponsesWriter BeginCall()
    {
        _any = true;
        return new ResponsesWriter(_calls).Raw(_calls.WrittenCount > 0 ? ","u8 : []);
    }

    /// <summary>Writes the message, and what stands before it, if there is anything to it.</summary>
    /// <returns>False when there is not.</returns>
    public bool Flush(ResponsesWriter writer, ReadOnlySpan<byte> before)
    {
        if (!_any)
        {
            return false;
        }

        _any = false;
        writer.Raw(before).Raw("{\"role\":\"assistant\",\"content\":"u8);
        if (_text.WrittenCount == 0 && _calls.WrittenCount > 0)
        {
            writer.Raw("null"u8);
        }
        else
        {
            writer.Quoted(_text.WrittenSpan);
        }

        _text.ResetWrittenCount();
        Member(writer, ",\"reasoning_content\":\""u8, _reasoning, "\""u8);
        Member(writer, ",\"tool_calls\":["u8, _calls, "]"u8);
        writer.Raw("}"u8);
        return true;
    }

    private static ReadOnlySpan<byte> Apart(ArrayBufferWriter<byte> text) => text.WrittenCount > 0 ? "\\n\\n"u8 : [];

    private static void Member(ResponsesWriter writer, ReadOnlySpan<byte> name, ArrayBufferWriter<byte> value, ReadOnlySpan<byte> end)
    {
        if (value.WrittenCount > 0)
        {
            writer.Raw(name).Raw(value.WrittenSpan).Raw(end);
        }

        value.ResetWrittenCount();
    }
}
