using System.Text;

namespace Gateway.Proxy.Requests;

/// <summary>
/// The header <c>Content-Length</c>, which is digits and nothing else (RFC 9112, 6.2). The server would take a sign before them, which others do not:
/// then the two see different ends of a body. <see cref="Encoding"/> reads anything but digits as something that the server refuses.
/// </summary>
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
