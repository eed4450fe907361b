using System.Text;
using System.Text.Json;

namespace Gateway.Forwarding;

/// <summary>
/// Engines fetch the URLs of images, audio and files themselves, from inside the network. Where that is denied, only
/// <c>data:</c> URLs pass.
/// </summary>
internal static class MediaGuard
{
    private const int MaxDepth = 512;

    /// <summary>Looks for a URL that the engine would fetch.</summary>
    /// <param name="body">A JSON body, known to be valid.</param>
    /// <param name="markdown">The engine also fetches Markdown images in plain text.</param>
    /// <returns>True when there is one.</returns>
    public static bool HasRemoteUrl(ReadOnlySpan<byte> body, bool markdown)
    {
        // Whether texts at each depth are URLs: told by the name before them, for a list too.
        Span<bool> media = stackalloc bool[MaxDepth + 2];
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            var depth = reader.CurrentDepth;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    media[depth] = IsMediaName(Text(ref reader));
                    break;
                case JsonTokenType.StartArray:
                    media[depth + 1] = media[depth];
                    break;
                case JsonTokenType.String when media[depth] || markdown:
                    var text = Text(ref reader);
                    if ((media[depth] && !IsData(text)) || (markdown && HasMarkdownImage(text)))
                    {
                        return true;
                    }

                    break;
                default:
                    break;
            }
        }

        return false;
    }

    // "image_url": "…" or {"url": "…"}; the same for audio, video, files and servers of tools; the Messages API's "source": {"url": "…"}.
    private static bool IsMediaName(ReadOnlySpan<byte> name)
    {
        var one = name.Length > 0 && (name[^1] | 0x20) == 's' ? name[..^1] : name;
        return (one.Length >= 3 && Ascii.EqualsIgnoreCase(one[^3..], "url"u8)) || Ascii.EqualsIgnoreCase(name, "input_audio"u8);
    }

    private static bool IsData(ReadOnlySpan<byte> value)
    {
        var trimmed = value.TrimStart(" \t\r\n"u8);
        return trimmed.Length >= 5 && Ascii.EqualsIgnoreCase(trimmed[..5], "data:"u8);
    }

    private static bool HasMarkdownImage(ReadOnlySpan<byte> value)
    {
        for (var at = value.IndexOf("]("u8); at >= 0; at = value.IndexOf("]("u8))
        {
            var image = value[..at].IndexOf("!["u8) >= 0;
            value = value[(at + 2)..];
            if (image && IsRemote(value.TrimStart(" \t\r\n<"u8)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRemote(ReadOnlySpan<byte> target)
    {
        var colon = target.IndexOf((byte)':');
        return colon is 4 or 5 && (Ascii.EqualsIgnoreCase(target[..colon], "http"u8) || Ascii.EqualsIgnoreCase(target[..colon], "https"u8) || Ascii.EqualsIgnoreCase(target[..colon], "file"u8));
    }

    private static ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        var text = new byte[reader.ValueSpan.Length];
        try
        {
            return text.AsSpan(0, reader.CopyString(text));
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair cannot be read as text; nor is it part of any URL.
            return reader.ValueSpan;
        }
    }
}
