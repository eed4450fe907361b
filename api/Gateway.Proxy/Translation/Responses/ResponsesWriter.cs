using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Proxy.Translation;

/// <summary>
/// Writes JSON by its parts. What is carried from one side to the other keeps its bytes, escapes included, so that no number changes
/// and no text is read only to be written again.
/// </summary>
internal readonly record struct ResponsesWriter(IBufferWriter<byte> Output)
{
    /// <summary>Writes JSON as it is.</summary>
    public ResponsesWriter Raw(ReadOnlySpan<byte> json)
    {
        Output.Write(json);
        return this;
    }

    /// <summary>Writes a text that is escaped already, in quotes.</summary>
    public ResponsesWriter Quoted(ReadOnlySpan<byte> escaped) => Raw("\""u8).Raw(escaped).Raw("\""u8);

    /// <summary>Writes a text in quotes.</summary>
    public ResponsesWriter Text(string text) => Quoted(Escape(text));

    public ResponsesWriter Number(long number)
    {
        Utf8Formatter.TryFormat(number, Output.GetSpan(20), out var length);
        Output.Advance(length);
        return this;
    }

    /// <summary>A text as it stands between the quotes of JSON.</summary>
    public static ReadOnlySpan<byte> Escape(string text) => Escape(Encoding.UTF8.GetBytes(text));

    /// <summary>A text as it stands between the quotes of JSON.</summary>
    public static ReadOnlySpan<byte> Escape(ReadOnlySpan<byte> text) =>
        JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes;
}
