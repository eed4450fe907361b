using System.Text;

namespace Gateway.Proxy.Forwarding;

/// <summary>
/// The header <c>Connection</c>: what it names belongs to that connection and goes no further (RFC 9110, 7.6.1). The server replaces the header by the
/// one option that it understood (<c>close</c>, <c>keep-alive</c> or <c>upgrade</c>) and forgets the names beside it; only where two options are given it
/// leaves the header alone. So a line that names other headers is read with two options: <see cref="Encoding"/> reads it.
/// </summary>
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

    /// <summary>The value as the server shall read it. A connection that is closed early costs a connection; a header that passes breaks the rule.</summary>
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
