using System.IO.Compression;

namespace Gateway.Forwarding;

/// <summary>Unpacks an answer that an engine compressed although it was asked not to: the gateway has to read it, and the client did not ask either.</summary>
internal static class ContentDecoder
{
    /// <summary>The answer has an encoding.</summary>
    public static bool IsNeeded(HttpContent content) => content.Headers.NonValidated.Contains("Content-Encoding");

    /// <summary>Gives the plain bytes; an encoding that is not known is an <see cref="InvalidDataException"/>.</summary>
    public static Stream Decode(HttpContent content)
    {
        // The body of an answer is a stream already: there is nothing to wait for.
        var stream = content.ReadAsStream();
        if (!IsNeeded(content))
        {
            return stream;
        }

        foreach (var encoding in content.Headers.ContentEncoding.Reverse())
        {
            stream = encoding.ToLowerInvariant() switch
            {
                "gzip" or "x-gzip" => new GZipStream(stream, CompressionMode.Decompress),
                "deflate" => new ZLibStream(stream, CompressionMode.Decompress),
                "br" => new BrotliStream(stream, CompressionMode.Decompress),
                "identity" => stream,
                _ => throw new InvalidDataException("The answer has a content encoding that nobody asked for."),
            };
        }

        return stream;
    }
}
