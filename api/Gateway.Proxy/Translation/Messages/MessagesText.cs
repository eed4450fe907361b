using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.Proxy.Translation;

/// <summary>Texts of JSON between their quotes. Most are carried as they are escaped, so that no byte of them changes.</summary>
internal static class MessagesText
{
    private static readonly SearchValues<byte> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(code => (byte)code), (byte)'"', (byte)'\\']);

    /// <summary>Writes bytes of UTF-8 so that they may stand between quotes.</summary>
    public static void WriteEscaped(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(Escaped);
            output.Write(plain < 0 ? text : text[..plain]);
            if (plain < 0)
            {
                return;
            }

            WriteEscape(output, text[plain]);
            text = text[(plain + 1)..];
        }
    }

    /// <summary>Writes a text of the gateway's own between quotes.</summary>
    public static void WriteQuoted(IBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        WriteEscaped(output, Encoding.UTF8.GetBytes(text));
        output.Write("\""u8);
    }

    /// <summary>
    /// The text that stands between the quotes, or null where it is none: half a surrogate pair, bytes that are no UTF-8.
    /// </summary>
    public static byte[]? Unescaped(ReadOnlySpan<byte> inside)
    {
        if (!inside.Contains((byte)'\\'))
        {
            return Utf8.IsValid(inside) ? inside.ToArray() : null;
        }

        try
        {
            var reader = new Utf8JsonReader([(byte)'"', .. inside, (byte)'"']);
            reader.Read();
            var text = new byte[inside.Length];
            return text[..reader.CopyString(text)];
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The same as a string; what cannot be read stays as it is written.</summary>
    public static string Read(ReadOnlySpan<byte> inside) => Encoding.UTF8.GetString(Unescaped(inside) ?? inside);

    private static void WriteEscape(IBufferWriter<byte> output, byte code)
    {
        switch (code)
        {
            case (byte)'"':
                output.Write("\\\""u8);
                return;
            case (byte)'\\':
                output.Write("\\\\"u8);
                return;
            case (byte)'\n':
                output.Write("\\n"u8);
                return;
            case (byte)'\r':
                output.Write("\\r"u8);
                return;
            case (byte)'\t':
                output.Write("\\t"u8);
                return;
            default:
                output.Write("\\u00"u8);
                output.Write([Hex(code >> 4), Hex(code & 15)]);
                return;
        }
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
}
