namespace Gateway.Proxy.Requests;

/// <summary>
/// Compares names of members without regard to case, as several engines do when they read JSON: ASCII letters, and the two
/// other letters that fold into ASCII (the long s, the Kelvin sign). What is kept from an engine is kept in every spelling.
/// </summary>
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
