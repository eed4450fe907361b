using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Gateway.Proxy.Requests;

/// <summary>The codings of <c>Content-Encoding</c> that can be undone (RFC 9110, 8.4).</summary>
internal static class ContentCodings
{
    /// <summary>What a request may be compressed with, as <c>Accept-Encoding</c> says it.</summary>
    public const string Accepted = "gzip, deflate, br, zstd";

    /// <summary>The most codings of one body: each takes memory and time before its first byte.</summary>
    private const int MaxCodings = 3;

    private const string Identity = "identity";

    /// <summary>What a browser takes at most (RFC 9659): a frame may ask for gigabytes before it has given a byte.</summary>
    private const int WindowLog = 23;

    /// <summary>Reads the header.</summary>
    /// <param name="header">All its lines.</param>
    /// <param name="codings">The codings in the order in which they were applied, without those that change nothing.</param>
    /// <returns>The one that is not known; null when all are.</returns>
    public static string? Read(StringValues header, out IReadOnlyList<string> codings)
    {
        var found = new List<string>();
        codings = found;
        foreach (var name in header.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var coding = name.ToLowerInvariant();
            if (coding is not ("gzip" or "x-gzip" or "deflate" or "br" or "zstd" or Identity) || found.Count == MaxCodings)
            {
                return name;
            }

            if (coding != Identity)
            {
                found.Add(coding);
            }
        }

        return null;
    }

    /// <summary>Undoes the codings, the last one first.</summary>
    /// <exception cref="InvalidDataException">One of them is not known.</exception>
    public static Stream Decode(Stream coded, IEnumerable<string> codings)
    {
        var stream = coded;
        foreach (var coding in codings.Reverse())
        {
            stream = coding.ToLowerInvariant() switch
            {
                "gzip" or "x-gzip" => new GZipStream(stream, CompressionMode.Decompress),
                "deflate" => new DeflatedStream(stream),
                "br" => new CodedStream(new BrotliStream(stream, CompressionMode.Decompress)),
                "zstd" => Zstandard(stream),
                Identity => stream,
                _ => throw new InvalidDataException("The content has a coding that is not known."),
            };
        }

        return stream;
    }

    private static CodedStream Zstandard(Stream coded)
    {
        var stream = new DecompressionStream(coded, leaveOpen: false);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, WindowLog);
        return new CodedStream(stream);
    }

    /// <summary>Words a decoder's faults as most decoders do.</summary>
    private sealed class CodedStream(Stream decoder) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await decoder.ReadAsync(buffer, cancellationToken);
            }
            catch (Exception e) when (e is ZstdException or EndOfStreamException or InvalidOperationException)
            {
                throw new InvalidDataException("The content is not in the coding that it is said to be in.", e);
            }
        }

        protected override void Dispose(bool disposing)
        {
            decoder.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>Decompresses an answer that an engine compressed although the request did not accept that.</summary>
internal static class ContentDecoder
{
    /// <summary>The answer has an encoding.</summary>
    public static bool IsNeeded(HttpContent content) => content.Headers.NonValidated.Contains("Content-Encoding");

    /// <summary>Gives the plain bytes; an encoding that is not known is an <see cref="InvalidDataException"/>.</summary>
    public static Stream Decode(HttpContent content)
    {
        // The body of an answer is a stream already: there is nothing to wait for.
        var stream = content.ReadAsStream();
        return IsNeeded(content) ? ContentCodings.Decode(stream, content.Headers.ContentEncoding) : stream;
    }
}
