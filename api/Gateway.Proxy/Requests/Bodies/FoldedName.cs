namespace Gateway.Proxy.Requests;

/// <summary>Compares names of members ignoring case, as several engines do: ASCII, the long s and the Kelvin sign.</summary>
internal static class FoldedName
{
    public static bool Equal(ReadOnlySpan<byte> name, ReadOnlySpan<byte> other) => TrySkip(name, other, out var rest) && rest.IsEmpty;

    public static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix) => TrySkip(name, prefix, out _);

    private static bool TrySkip(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> rest)
    {
        rest = name;
        while (!prefix.IsEmpty)
        {
            if (rest.IsEmpty || Next(ref rest) != Next(ref prefix))
            {
                return false;
            }
        }

        return true;
    }

    private static byte Next(ref ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("\u017f"u8))
        {
            text = text[2..];
            return (byte)'s';
        }

        if (text.StartsWith("\u212a"u8))
        {
            text = text[3..];
            return (byte)'k';
        }

        var letter = text[0];
        text = text[1..];
        return letter is >= (byte)'A' and <= (byte)'Z' ? (byte)(letter | 0x20) : letter;
    }
}
