using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Unicode;

namespace Gateway.Proxy.Translation;

/// <summary>
/// Ids of tool calls. Callers get ids of at most 64 letters, digits, <c>_</c> and <c>-</c>; the engine gets back what it wrote. Nothing
/// is kept between
/// requests: an id that does not fit is encoded in the id itself. Only one that is too long for that becomes a digest, which then goes
/// back as it is.
/// </summary>
internal static class MessagesToolIds
{
    private const int Longest = 64;

    private static readonly SearchValues<byte> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    private static ReadOnlySpan<byte> Encoded => "tid_"u8;

    private static ReadOnlySpan<byte> Digested => "tidh_"u8;

    /// <summary>Writes the id that the caller gets, without quotes.</summary>
    /// <param name="output">Gets it.</param>
    /// <param name="inside">The engine's id, as it is escaped.</param>
    public static void WriteForCaller(IBufferWriter<byte> output, ReadOnlySpan<byte> inside)
    {
        if (inside.Length <= Longest && !inside.ContainsAnyExcept(Allowed) && !inside.StartsWith(Encoded))
        {
            output.Write(inside);
            return;
        }

        var id = MessagesText.Unescaped(inside);
        Span<byte> text = stackalloc byte[Longest];
        var room = text[Encoded.Length..];
        if (id is not null && Base64Url.GetEncodedLength(id.Length) <= room.Length)
        {
            output.Write(Encoded);
            output.Write(room[..Base64Url.EncodeToUtf8(id, room)]);
            return;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(id ?? inside, hash);
        output.Write(Digested);
        output.Write(text[..Base64Url.EncodeToUtf8(hash, text)]);
    }

    /// <summary>Writes the id that the engine gets, without quotes.</summary>
    /// <param name="output">Gets it.</param>
    /// <param name="inside">The caller's id, as it is escaped.</param>
    public static void WriteForEngine(IBufferWriter<byte> output, ReadOnlySpan<byte> inside)
    {
        if (inside.Length <= Longest && inside.StartsWith(Encoded) && Decoded(inside[Encoded.Length..]) is { } id)
        {
            MessagesText.WriteEscaped(output, id);
        }
        else
        {
            output.Write(inside);
        }
    }

    // Only what was encoded here: two ids of the caller's never become one.
    private static byte[]? Decoded(ReadOnlySpan<byte> text)
    {
        Span<byte> id = stackalloc byte[Longest];
        Span<byte> again = stackalloc byte[Longest];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromUtf8(text, id, out var length) || !Utf8.IsValid(id[..length]))
        {
            return null;
        }

        return again[..Base64Url.EncodeToUtf8(id[..length], again)].SequenceEqual(text) ? id[..length].ToArray() : null;
    }
}
