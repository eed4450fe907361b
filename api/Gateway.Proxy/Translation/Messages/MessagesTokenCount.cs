using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Translation;

/// <summary>
/// The answer to <c>/v1/messages/count_tokens</c> where the engine counts nothing: an estimate from the length of the chat request. The body has the API's one
/// member alone, so that a header has to say what the number is.
/// </summary>
internal static class MessagesTokenCount
{
    /// <summary>The header of an answer that is an estimate, and its value.</summary>
    public const string Header = "x-gateway-token-count";

    /// <inheritdoc cref="Header"/>
    public const string Estimated = "estimate";

    // Rules of thumb: letters of English and code to a token, the marks around a message, the most that Anthropic counts for an image.
    private const int LettersPerToken = 4;
    private const int TokensPerMessage = 4;
    private const int TokensPerImage = 1600;

    /// <summary>The body of the answer; null with the error that the request is answered with.</summary>
    public static byte[]? Create(ReadOnlyMemory<byte> body, TranslationContext context, out GatewayError? error)
    {
        var request = MessagesRequest.Create(body, context, counts: true, out error);
        return request is null ? null : Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"input_tokens\":{Estimate(request.Draft.Output.WrittenSpan)}}}"));
    }

    // The whole of `messages`, `tools` and `response_format`: names and texts, whatever they mean.
    private static long Estimate(ReadOnlySpan<byte> chat)
    {
        var (ascii, others, marks) = (0L, 0L, 0L);
        var reader = new Utf8JsonReader(chat, JsonMembers.Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var counts = reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("tools"u8) || reader.ValueTextEquals("response_format"u8);
            reader.Read();
            var depth = reader.CurrentDepth;
            if (!counts)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.CurrentDepth > depth)
            {
                marks += reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth == depth + 1 ? TokensPerMessage : 0;
                marks += IsImage(ref reader) ? TokensPerImage : Count(reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String ? reader.ValueSpan : default, ref ascii, ref others);
            }
        }

        return Math.Max(1, ((ascii + LettersPerToken - 1) / LettersPerToken) + others + marks);
    }

    private static bool IsImage(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String && reader.ValueSpan.StartsWith("data:"u8) && reader.ValueSpan.IndexOf(";base64,"u8) is > 0 and < 128;

    // Beyond ASCII a letter is about a token.
    private static int Count(ReadOnlySpan<byte> text, ref long ascii, ref long others)
    {
        foreach (var code in text)
        {
            ascii += code < 0x80 ? 1 : 0;
            others += code >= 0xC0 ? 1 : 0;
        }

        return 0;
    }
}
