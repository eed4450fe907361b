using System.Text;
using System.Text.Json;

namespace Gateway.Proxy.Requests;

/// <summary>Finds Markdown images in texts, for engines that fetch them.</summary>
/// <remarks>Such an engine joins the pieces of a message, and the messages of a conversation, before it reads them: so they are joined here
/// too.</remarks>
internal static class MarkdownImages
{
    /// <summary>Members whose texts are no part of a prompt.</summary>
    private static readonly byte[][] Apart = [[.. "type"u8], [.. "role"u8], [.. "id"u8], [.. "tool_call_id"u8], [.. "model"u8], [.. "detail"u8], [.. "user"u8]];

    /// <summary>Finds the first of them that would be fetched.</summary>
    /// <returns>Where the text with its address begins in the body; -1 when there is none.</returns>
    public static int Find(ReadOnlySpan<byte> body, JsonReaderOptions options)
    {
        using var joined = new BodyBuffer(body.Length + 1);
        var ends = new List<(int End, int At)>();
        var reader = new Utf8JsonReader(body, options);
        var apart = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                apart = IsApart(reader.ValueSpan);
            }
            else if (reader.TokenType == JsonTokenType.String && !apart)
            {
                System.Buffers.BuffersExtensions.Write(joined, MediaGuard.Text(ref reader));
                ends.Add((joined.Length, (int)reader.TokenStartIndex));
            }
            else if (reader.TokenType is not JsonTokenType.String)
            {
                apart = false;
            }
        }

        var image = Search(joined.Written.Span);
        return image < 0 ? -1 : ends.First(piece => image < piece.End).At;
    }

    private static bool IsApart(ReadOnlySpan<byte> name)
    {
        foreach (var one in Apart)
        {
            if (name.SequenceEqual(one))
            {
                return true;
            }
        }

        return false;
    }

    private static int Search(ReadOnlySpan<byte> text)
    {
        var start = 0;
        for (var at = text.IndexOf("]("u8); at >= 0; at = text[start..].IndexOf("]("u8))
        {
            var image = text.Slice(start, at).IndexOf("!["u8) >= 0;
            start += at + 2;
            if (image && IsRemote(text[start..].TrimStart(" \t\r\n<"u8)))
            {
                return start;
            }
        }

        return -1;
    }

    private static bool IsRemote(ReadOnlySpan<byte> target)
    {
        var colon = target[..Math.Min(target.Length, 6)].IndexOf((byte)':');
        return colon is 4 or 5 && (Ascii.EqualsIgnoreCase(target[..colon], "http"u8) || Ascii.EqualsIgnoreCase(target[..colon], "https"u8) || Ascii.EqualsIgnoreCase(target[..colon], "file"u8));
    }
}
