using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;

namespace Gateway.Proxy.Translation;

/// <summary>
/// The answer to <c>/v1/messages/count_tokens</c> where the engine counts nothing: an estimate from the length of the chat request. The
/// body has the API's one
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

    /// <summary>A schema stands a little deeper in a chat request than in the caller's.</summary>
    private const int MostDepth = 1024;

    /// <summary>The body of the answer; null with the error that the request is answered with.</summary>
    public static byte[]? Create(ReadOnlyMemory<byte> body, TranslationContext context, out GatewayError? error)
    {
        var request = MessagesRequest.Create(body, context, counts: true, out error);
        if (request is null)
        {
            return null;
        }

        var tokens = Estimate(request.Draft.Output.WrittenSpan);
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"input_tokens\":{tokens}}}"));
    }

    // The whole of `messages`, `tools` and `response_format`: names and texts, whatever they mean.
    private static long Estimate(ReadOnlySpan<byte> chat)
    {
        var tokens = 0L;
        var letters = default(Letters);
        var reader = new Utf8JsonReader(chat, new JsonReaderOptions { MaxDepth = MostDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var counts = reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("tools"u8)
                || reader.ValueTextEquals("response_format"u8);
            reader.Read();
            if (counts)
            {
                tokens += CountInside(ref reader, ref letters);
            }
            else
            {
                reader.Skip();
            }
        }

        return Math.Max(1, tokens + letters.Others + ((letters.Ascii + LettersPerToken - 1) / LettersPerToken));
    }

    private static long CountInside(ref Utf8JsonReader reader, ref Letters letters)
    {
        var tokens = 0L;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth == depth + 1)
            {
                tokens += TokensPerMessage;
            }
            else if (reader.TokenType == JsonTokenType.String && IsFile(reader.ValueSpan))
            {
                tokens += TokensPerImage;
            }
            else if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
            {
                letters.Count(reader.ValueSpan);
            }
        }

        return tokens;
    }

    private static bool IsFile(ReadOnlySpan<byte> text) =>
        text.StartsWith("data:"u8) && text[..Math.Min(text.Length, 128)].IndexOf(";base64,"u8) > 0;

    private struct Letters
    {
        public long Ascii { get; private set; }

        /// <summary>Beyond ASCII a letter is about a token.</summary>
        public long Others { get; private set; }

        public void Count(ReadOnlySpan<byte> text)
        {
            foreach (var code in text)
            {
                Ascii += code < 0x80 ? 1 : 0;
                Others += code >= 0xC0 ? 1 : 0;
            }
        }
    }
}
