using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.Proxy.Translation;

/// <summary>
/// Thinking that goes to the client and comes back. Some clients keep nothing but <c>encrypted_content</c> of it between turns, so that
/// carries the same words: it is wrapped, not secret, as the client has them in plain text beside it.
/// </summary>
internal static class ResponsesReasoning
{
    private static ReadOnlySpan<byte> Mark => "gateway.1."u8;

    /// <summary>Writes the wrapped words.</summary>
    public static void Wrap(ReadOnlySpan<byte> escaped, ResponsesWriter writer)
    {
        var wrapped = new byte[Base64.GetMaxEncodedToUtf8Length(escaped.Length)];
        Base64.EncodeToUtf8(escaped, wrapped, out _, out var length);
        writer.Raw("\""u8).Raw(Mark).Raw(wrapped.AsSpan(0, length)).Raw("\""u8);
    }

    /// <summary>
    /// Writes the words of an item of the history, escaped and without quotes: its text, what was wrapped, or its summary.
    /// </summary>
    /// <returns>False when it has none; then nothing is written.</returns>
    public static bool TryWrite(in ResponsesItem item, ReadOnlySpan<byte> before, ResponsesWriter writer)
    {
        if (TryJoin(item.Content, before, [], writer))
        {
            return true;
        }

        if (Unwrap(item.Encrypted) is { Length: > 0 } words)
        {
            writer.Raw(before).Raw(words);
            return true;
        }

        return TryJoin(item.Summary, before, "\\n\\n"u8, writer);
    }

    private static bool TryJoin(ResponsesValue parts, ReadOnlySpan<byte> before, ReadOnlySpan<byte> separator, ResponsesWriter writer)
    {
        var any = false;
        var fields = parts.Fields;
        while (fields.Next())
        {
            var text = ResponsesFields.Find(fields.Value, "text"u8).Inner;
            if (!text.IsEmpty)
            {
                writer.Raw(any ? separator : before).Raw(text);
                any = true;
            }
        }

        return any;
    }

    // It was out of our hands: what is no text of JSON any more must not become a part of the body.
    private static byte[]? Unwrap(ResponsesValue value)
    {
        var wrapped = value.Inner;
        if (!wrapped.StartsWith(Mark))
        {
            return null;
        }

        var words = new byte[Base64.GetMaxDecodedFromUtf8Length(wrapped.Length - Mark.Length)];
        var status = Base64.DecodeFromUtf8(wrapped[Mark.Length..], words, out _, out var length);
        return status == OperationStatus.Done && IsText(words.AsSpan(0, length)) ? words[..length] : null;
    }

    private static bool IsText(ReadOnlySpan<byte> escaped)
    {
        if (!Utf8.IsValid(escaped))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader([.. "\""u8, .. escaped, .. "\""u8]);
            return reader.Read() && reader.TokenType == JsonTokenType.String && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
