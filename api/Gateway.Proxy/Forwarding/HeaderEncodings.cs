using System.Text;

namespace Gateway.Proxy.Forwarding;

/// <summary>The encodings of header values: ISO 8859-1 on all four sides, so that every byte passes unchanged.</summary>
public static class HeaderEncodings
{
    public static Encoding? OfRequest(string name) =>
        name.Equals("Connection", StringComparison.OrdinalIgnoreCase) ? ConnectionOptions.Encoding
        : name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? BodyLength.Encoding
        : Encoding.Latin1;

    public static Encoding? OfResponse(string _) => Encoding.Latin1;
}

/// <summary>The header <c>Content-Length</c>: only digits (RFC 9112, 6.2).</summary>
/// <remarks><see cref="Encoding"/> makes the server refuse anything else. The server would accept a sign, which others do not: then the two
/// see different ends of a body.</remarks>
internal static class BodyLength
{
    /// <summary>What the server has room for: one more than the digits of its largest number.</summary>
    private const int Room = 20;

    private const char NoDigit = '?';

    /// <summary>Reads the bytes of the header; for the server.</summary>
    public static Encoding Encoding { get; } = new Reader();

    private static bool IsLength(ReadOnlySpan<byte> bytes) => bytes.Length is > 0 and < Room && !bytes.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private sealed class Reader : Encoding
    {
        public override int GetMaxByteCount(int charCount) => charCount;

        public override int GetMaxCharCount(int byteCount) => Math.Max(1, byteCount);

        public override int GetByteCount(char[] chars, int index, int count) => count;

        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

        public override int GetCharCount(byte[] bytes, int index, int count) => IsLength(bytes.AsSpan(index, count)) ? count : 1;

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) => GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

        public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
        {
            if (IsLength(bytes))
            {
                return Latin1.GetChars(bytes, chars);
            }

            chars[0] = NoDigit;
            return 1;
        }
    }
}

/// <summary>The header <c>Connection</c>.</summary>
/// <remarks>The headers that it names belong to that connection and are not forwarded (RFC 9110, 7.6.1). The server replaces the header by
/// the one option that it understood (<c>close</c>, <c>keep-alive</c> or <c>upgrade</c>), unless two are given. So <see cref="Encoding"/>
/// adds a second option to a line that names other headers.</remarks>
internal static class ConnectionOptions
{
    private const string KeepAlive = "keep-alive";

    /// <summary>Reads the bytes of the header; for the server.</summary>
    public static Encoding Encoding { get; } = new Reader();

    /// <summary>The names in a value.</summary>
    public static string[] NamedBy(string connection) =>
        connection.Length == 0 || connection.Equals(KeepAlive, StringComparison.OrdinalIgnoreCase)
            ? []
            : connection.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The value as the server shall read it.</summary>
    /// <remarks>A connection that is closed early costs a connection; a header that passes breaks the rule.</remarks>
    public static string Kept(string value) =>
        Array.TrueForAll(NamedBy(value), static name => name.Equals("close", StringComparison.OrdinalIgnoreCase) || HeaderTable.IsHopByHop(name)) ? value
        : Array.Exists(NamedBy(value), static name => name.Equals("upgrade", StringComparison.OrdinalIgnoreCase)) ? $"{value}, {KeepAlive}"
        : $"{value}, close, {KeepAlive}";

    private sealed class Reader : Encoding
    {
        public override int GetMaxByteCount(int charCount) => charCount;

        public override int GetMaxCharCount(int byteCount) => byteCount + ", close, keep-alive".Length;

        public override int GetByteCount(char[] chars, int index, int count) => count;

        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

        public override int GetCharCount(byte[] bytes, int index, int count) => Kept(Latin1.GetString(bytes, index, count)).Length;

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
        {
            var kept = Kept(Latin1.GetString(bytes, byteIndex, byteCount));
            kept.CopyTo(chars.AsSpan(charIndex));
            return kept.Length;
        }
    }
}
