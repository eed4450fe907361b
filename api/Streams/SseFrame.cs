using System.Buffers;

namespace Gateway.Streams;

/// <summary>One server-sent event as bytes: its name and where its data lies.</summary>
internal readonly ref struct SseFrame(ReadOnlySpan<byte> @event, ReadOnlySpan<byte> data, int dataStart)
{
    /// <summary>The name of the event; empty when it has none.</summary>
    public ReadOnlySpan<byte> Event { get; } = @event;

    /// <summary>The data of the event; several data lines are joined.</summary>
    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>Offset of the data in the frame; -1 when it was joined from several lines or there is none.</summary>
    public int DataStart { get; } = dataStart;

    /// <summary>The event has data; otherwise it is a comment or a name alone.</summary>
    public bool HasData { get; } = !data.IsEmpty;

    public static SseFrame Parse(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> data = default;
        var dataStart = -1;
        var at = 0;
        while (at < frame.Length)
        {
            var end = frame[at..].IndexOf((byte)'\n');
            var line = (end < 0 ? frame[at..] : frame.Slice(at, end)).TrimEnd((byte)'\r');
            if (line.StartsWith("data:"u8))
            {
                var value = Value(line, 5);
                dataStart = data.IsEmpty ? at + line.Length - value.Length : -1;
                data = data.IsEmpty ? value : Join(data, value);
            }
            else if (line.StartsWith("event:"u8))
            {
                name = Value(line, 6);
            }

            at = end < 0 ? frame.Length : at + end + 1;
        }

        return new SseFrame(name, data, dataStart);
    }

    /// <summary>The length of the first whole frame with its blank line, or -1 when more bytes are needed.</summary>
    public static int FindEnd(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (true)
        {
            var newline = bytes[at..].IndexOf((byte)'\n');
            if (newline < 0)
            {
                return -1;
            }

            at += newline + 1;
            if (at < bytes.Length && bytes[at] == '\n')
            {
                return at + 1;
            }

            if (at + 1 < bytes.Length && bytes[at] == '\r' && bytes[at + 1] == '\n')
            {
                return at + 2;
            }
        }
    }

    /// <summary>Writes the frame with its data mended and every other byte as it came.</summary>
    /// <param name="bytes">The frame's own bytes.</param>
    /// <param name="splices">The changes to its data.</param>
    /// <param name="output">Where it goes.</param>
    public void WriteMended(ReadOnlySpan<byte> bytes, List<Splice> splices, IBufferWriter<byte> output)
    {
        if (DataStart >= 0)
        {
            output.Write(bytes[..DataStart]);
            Splice.Write(Data, splices, output);
            output.Write(bytes[(DataStart + Data.Length)..]);
            return;
        }

        var data = new ArrayBufferWriter<byte>(Data.Length + 64);
        Splice.Write(Data, splices, data);
        WriteLines(bytes, data.WrittenSpan, output);
    }

    // Data of several lines goes on as many lines again, where it began.
    private static void WriteLines(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        while (!frame.IsEmpty)
        {
            var length = frame.IndexOf((byte)'\n') + 1;
            var line = length == 0 ? frame : frame[..length];
            frame = frame[line.Length..];
            if (!line.StartsWith("data:"u8))
            {
                output.Write(line);
                continue;
            }

            while (!data.IsEmpty)
            {
                var end = data.IndexOf((byte)'\n');
                output.Write("data: "u8);
                output.Write(end < 0 ? data : data[..end]);
                output.Write("\n"u8);
                data = end < 0 ? [] : data[(end + 1)..];
            }
        }
    }

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, int from) =>
        line.Length > from && line[from] == ' ' ? line[(from + 1)..] : line[from..];

    private static byte[] Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var joined = new byte[first.Length + 1 + second.Length];
        first.CopyTo(joined);
        joined[first.Length] = (byte)'\n';
        second.CopyTo(joined.AsSpan(first.Length + 1));
        return joined;
    }
}
