using System.Buffers;
using System.Text;

namespace Gateway.Proxy.Requests;

/// <summary>What an engine would make of a text that stands for an image, a sound or a document.</summary>
internal static class MediaText
{
    /// <summary>In characters: the smallest images are longer in base64, and a shorter word may be the name of a file.</summary>
    private const int ShortestData = 40;

    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\r\n"u8);
    private static readonly SearchValues<byte> OfScheme = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-."u8);

    /// <summary>It carries its data itself, or is nothing.</summary>
    public static bool IsData(ReadOnlySpan<byte> value)
    {
        var trimmed = Trim(value);
        return trimmed.IsEmpty || (trimmed.Length >= 5 && Ascii.EqualsIgnoreCase(trimmed[..5], "data:"u8));
    }

    /// <summary>It carries its data itself, in base64 too; whatever else it is, an engine may open it as a file.</summary>
    public static bool IsInline(ReadOnlySpan<byte> value)
    {
        var trimmed = Trim(value);
        return IsData(value)
            || (trimmed.Length >= ShortestData && !trimmed.ContainsAnyExcept(Base64) && (trimmed[0] != '/' || trimmed.StartsWith("/9j/"u8)));
    }

    /// <summary>It names a place: a scheme with <c>://</c>, or a file.</summary>
    public static bool IsPlace(ReadOnlySpan<byte> value)
    {
        var trimmed = Trim(value);
        if (trimmed.StartsWith("\\\\"u8))
        {
            return true;
        }

        var colon = trimmed.IndexOf((byte)':');
        return colon is >= 2 and <= 20 && !trimmed[..colon].ContainsAnyExcept(OfScheme)
            && (trimmed[(colon + 1)..].StartsWith("//"u8) || Ascii.EqualsIgnoreCase(trimmed[..colon], "file"u8));
    }

    // Servers leave out control characters before a URL, as browsers do.
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value)
    {
        var start = value.IndexOfAnyExceptInRange((byte)0, (byte)' ');
        return start < 0 ? [] : value[start..].TrimEnd(" \t\r\n"u8);
    }
}
