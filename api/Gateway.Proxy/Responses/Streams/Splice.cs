using System.Buffers;

namespace Gateway.Proxy.Responses;

/// <summary>One change to a piece of JSON: so many bytes at an offset give way to others.</summary>
internal readonly record struct Splice(int Start, int Length, byte[] Bytes)
{
    /// <summary>Writes the text with the changes made. They are sorted here; they must not overlap.</summary>
    public static void Write(ReadOnlySpan<byte> text, List<Splice> splices, IBufferWriter<byte> output)
    {
        splices.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        var at = 0;
        foreach (var splice in splices)
        {
            output.Write(text[at..splice.Start]);
            output.Write(splice.Bytes);
            at = splice.Start + splice.Length;
        }

        output.Write(text[at..]);
    }

    /// <summary>Takes a member out of its object, with the one comma that goes with it.</summary>
    public static Splice Remove(ReadOnlySpan<byte> text, int nameStart, int valueEnd)
    {
        var before = text[..nameStart].TrimEnd(" \t\r\n"u8);
        if (!before.IsEmpty && before[^1] == ',')
        {
            return new Splice(before.Length - 1, valueEnd - before.Length + 1, []);
        }

        var after = text[valueEnd..];
        var trimmed = after.TrimStart(" \t\r\n"u8);
        var comma = !trimmed.IsEmpty && trimmed[0] == ',' ? after.Length - trimmed.Length + 1 : 0;
        return new Splice(nameStart, valueEnd - nameStart + comma, []);
    }
}
