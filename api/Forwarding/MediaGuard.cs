using System.Text.Json;

namespace Gateway.Forwarding;

/// <summary>
/// Engines fetch the URLs of images, audio and files themselves, from inside the network. Where that is denied, only
/// <c>data:</c> URLs pass.
/// </summary>
internal static class MediaGuard
{
    /// <summary>Looks for a URL that the engine would fetch.</summary>
    /// <param name="body">A JSON body, known to be valid.</param>
    /// <param name="markdown">The engine also fetches Markdown images in plain text.</param>
    /// <returns>True when there is one.</returns>
    public static bool HasRemoteUrl(ReadOnlySpan<byte> body, bool markdown)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 512 });
        var media = false;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    media = IsMediaName(ref reader);
                    break;
                case JsonTokenType.String when media && !IsData(ref reader):
                case JsonTokenType.String when markdown && HasMarkdownImage(ref reader):
                    return true;
                default:
                    break;
            }
        }

        return false;
    }

    // "image_url": "…" or {"url": "…"}; the same for audio, video and files, and the Messages API's "source": {"url": "…"}.
    private static bool IsMediaName(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("url"u8) || reader.ValueTextEquals("image_url"u8) || reader.ValueTextEquals("file_url"u8)
        || reader.ValueTextEquals("audio_url"u8) || reader.ValueTextEquals("video_url"u8) || reader.ValueTextEquals("input_audio"u8);

    private static bool IsData(ref Utf8JsonReader reader)
    {
        var value = reader.ValueIsEscaped ? System.Text.Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        var trimmed = value.TrimStart(" \t\r\n"u8);
        return trimmed.Length >= 5 && System.Text.Ascii.EqualsIgnoreCase(trimmed[..5], "data:"u8);
    }

    private static bool HasMarkdownImage(ref Utf8JsonReader reader)
    {
        var value = reader.ValueIsEscaped ? System.Text.Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        for (var at = value.IndexOf("]("u8); at >= 0; at = value.IndexOf("]("u8))
        {
            var target = value[(at + 2)..].TrimStart(" <"u8);
            if (target.StartsWith("http:"u8) || target.StartsWith("https:"u8) || target.StartsWith("file:"u8))
            {
                return value[..at].Contains((byte)'!');
            }

            value = value[(at + 2)..];
        }

        return false;
    }
}
