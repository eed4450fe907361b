using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace Gateway.Console.Files;

/// <summary>One file of the console, as it is sent.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Tag">Its entity tag, with the quotes.</param>
/// <param name="Immutable">Its name changes with its content.</param>
internal sealed record ConsoleFile(byte[] Content, string ContentType, string Tag, bool Immutable)
{
    private readonly Lazy<byte[]> _brotli = new(() => Compress(Content, static target => new BrotliStream(target, CompressionLevel.Optimal)));
    private readonly Lazy<byte[]> _gzip = new(() => Compress(Content, static target => new GZipStream(target, CompressionLevel.Optimal)));

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [""] = "text/plain; charset=utf-8",
    }.ToFrozenDictionary();

    /// <summary>The bytes in the best coding that the browser takes; compressed once, when they are first asked for.</summary>
    /// <param name="accepted">The value of <c>Accept-Encoding</c>.</param>
    public (byte[] Content, string? Coding) For(StringValues accepted)
    {
        var codings = accepted.ToString();
        return Takes(codings, "br") ? (_brotli.Value, "br") : Takes(codings, "gzip") ? (_gzip.Value, "gzip") : (Content, null);
    }

    private static bool Takes(string codings, string coding) =>
        codings.Split(',', StringSplitOptions.TrimEntries).Any(one => one.Equals(coding, StringComparison.OrdinalIgnoreCase)
            || (one.StartsWith(coding + ";", StringComparison.OrdinalIgnoreCase) && !one.Replace(" ", "", StringComparison.Ordinal).EndsWith("q=0", StringComparison.OrdinalIgnoreCase)));

    private static byte[] Compress(byte[] content, Func<Stream, Stream> coder)
    {
        using var target = new MemoryStream();
        using (var stream = coder(target))
        {
            stream.Write(content);
        }

        return target.ToArray();
    }

    /// <param name="name">Its path below the console's folder; a third party's files lie in a folder named after their version.</param>
    /// <param name="content">Its bytes.</param>
    public static ConsoleFile Of(string name, byte[] content) =>
        new(content, Types[Path.GetExtension(name)], $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..24]}\"", name.StartsWith("vendor/", StringComparison.Ordinal));
}
