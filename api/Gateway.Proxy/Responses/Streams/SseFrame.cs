using System.Buffers;
using System.Text.Json;

namespace Gateway.Proxy.Responses;

/// <summary>One server-sent event as bytes, by the rules of WHATWG HTML, 9.2.6: its name and where its data lies.</summary>
internal readonly ref struct SseFrame
{
    private const byte LF = (byte)'\n';
    private const byte CR = (byte)'\r';

    /// <summary>The byte order mark that may begin a stream, and belongs to none of its events.</summary>
    public static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>The name of the event; empty when it has none.</summary>
    public ReadOnlySpan<byte> Event { get; private init; }

    /// <summary>The data of the event; several data lines are joined.</summary>
    public ReadOnlySpan<byte> Data { get; private init; }

    /// <summary>Offset of the data in the frame; -1 when it was joined from several lines or there is none.</summary>
    public int DataStart { get; private init; }

    /// <summary>What stands outside of every field that the standard knows.</summary>
    /// <remarks>The value of a field <c>error</c>, or JSON without a field's name. Engines put errors there.</remarks>
    public ReadOnlySpan<byte> Unframed { get; private init; }

    /// <summary>The event has data; otherwise it is a comment or a name alone.</summary>
    public bool HasData => !Data.IsEmpty;

    public static SseFrame Parse(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> data = default;
        ReadOnlySpan<byte> unframed = default;
        var lines = 0;
        var dataStart = -1;
        var at = 0;
        while (at < frame.Length)
        {
            var end = frame[at..].IndexOfAny(CR, LF);
            var line = end < 0 ? frame[at..] : frame.Slice(at, end);
            if (line.StartsWith("data"u8) && IsField(line, 4))
            {
                var value = Value(line, 4);
                dataStart = lines == 0 ? at + line.Length - value.Length : -1;
                data = lines++ == 0 ? value : Join(data, value);
            }
            else if (line.StartsWith("event"u8) && IsField(line, 5))
            {
                name = Value(line, 5);
            }
            else if (unframed.IsEmpty && IsUnframed(line))
            {
                unframed = line[0] == '{' ? frame[at..] : Value(line, 5);
            }

            at = end < 0 ? frame.Length : at + end + 1;
        }

        return new SseFrame { Event = name, Data = data, DataStart = data.IsEmpty ? -1 : dataStart, Unframed = unframed };
    }

    /// <summary>The length of the first whole frame with its blank line, or -1 when more bytes are needed.</summary>
    /// <remarks>A line feed that comes later, behind a carriage return that ended the frame, is a part of that frame's last line end.</remarks>
    public static int FindEnd(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (true)
        {
            var found = bytes[at..].IndexOfAny(CR, LF);
            if (found < 0)
            {
                return -1;
            }

            at += LineEnd(bytes, at + found) - at;
            if (at < bytes.Length && bytes[at] is LF or CR)
            {
                return LineEnd(bytes, at);
            }
        }
    }

    /// <summary>Writes the frame with its data edited and every other byte unchanged.</summary>
    /// <param name="bytes">The frame's own bytes.</param>
    /// <param name="splices">The changes to its data.</param>
    /// <param name="name">Its name from now on; empty where it stays.</param>
    /// <param name="output">Where it goes.</param>
    public void WriteEdited(ReadOnlySpan<byte> bytes, List<Splice> splices, ReadOnlySpan<byte> name, IBufferWriter<byte> output)
    {
        if (DataStart >= 0 && name.IsEmpty)
        {
            output.Write(bytes[..DataStart]);
            Splice.Write(Data, splices, output);
            output.Write(bytes[(DataStart + Data.Length)..]);
            return;
        }

        var data = new ArrayBufferWriter<byte>(Data.Length + 64);
        Splice.Write(Data, splices, data);
        WriteLines(bytes, data.WrittenSpan, name, output);
    }

    // Data of several lines goes on as many lines again, where it began.
    private static void WriteLines(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> data, ReadOnlySpan<byte> name, IBufferWriter<byte> output)
    {
        var written = false;
        while (!frame.IsEmpty)
        {
            var found = frame.IndexOfAny(CR, LF);
            var content = found < 0 ? frame : frame[..found];
            var line = found < 0 ? frame : frame[..LineEnd(frame, found)];
            frame = frame[line.Length..];
            if (!content.StartsWith("data"u8) || !IsField(content, 4))
            {
                var named = !name.IsEmpty && content.StartsWith("event"u8) && IsField(content, 5);
                output.Write(named ? "event: "u8 : default);
                output.Write(named ? name : content);
                output.Write(line[content.Length..]);
                continue;
            }

            // Before an empty line that is a line feed, a carriage return alone would be a part of its end.
            var lineEnd = line[content.Length..] is [CR] ? "\r\n"u8 : line[content.Length..];
            for (var more = !written; more; written = true)
            {
                var end = data.IndexOf(LF);
                output.Write("data: "u8);
                output.Write(end < 0 ? data : data[..end]);
                output.Write(lineEnd);
                more = end >= 0;
                data = end < 0 ? [] : data[(end + 1)..];
            }
        }
    }

    // A carriage return and a line feed behind it are one end of a line, each alone is one too.
    private static int LineEnd(ReadOnlySpan<byte> bytes, int at) =>
        at + (bytes[at] == CR && at + 1 < bytes.Length && bytes[at + 1] == LF ? 2 : 1);

    // A name without a colon is a field with an empty value.
    private static bool IsField(ReadOnlySpan<byte> line, int name) => line.Length == name || line[name] == ':';

    private static bool IsUnframed(ReadOnlySpan<byte> line) => line.Length > 0 && (line[0] == '{' || (line.StartsWith("error"u8) && IsField(line, 5)));

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, int name) =>
        line.Length == name ? [] : line.Length > name + 1 && line[name + 1] == ' ' ? line[(name + 2)..] : line[(name + 1)..];

    private static byte[] Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var joined = new byte[first.Length + 1 + second.Length];
        first.CopyTo(joined);
        joined[first.Length] = (byte)'\n';
        second.CopyTo(joined.AsSpan(first.Length + 1));
        return joined;
    }
}

/// <summary>An error that stands in a stream without being the data of an event.</summary>
/// <remarks>As the value of a separate field, or as bare JSON.</remarks>
internal static class UnframedError
{
    /// <summary>Finds the error.</summary>
    /// <param name="text">What begins where the error would begin.</param>
    /// <returns>The error; empty where it is none.</returns>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> text)
    {
        if (text[0] != '{')
        {
            return text;
        }

        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 512 });
            reader.Read();
            var says = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                says |= reader.ValueTextEquals("error"u8) || reader.ValueTextEquals("detail"u8) || reader.ValueTextEquals("message"u8);
                reader.Skip();
            }

            return says ? text[..(int)reader.BytesConsumed] : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
