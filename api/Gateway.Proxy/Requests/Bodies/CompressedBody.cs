using Gateway.Core.Errors;

namespace Gateway.Proxy.Requests;

/// <summary>Decompresses a request's body, within the limit of any body: a few kilobytes may expand to gigabytes.</summary>
public static class CompressedBody
{
    /// <summary>Headers that say something of the bytes as they were sent.</summary>
    private static readonly string[] OfCodedBytes = ["Content-Encoding", "Content-MD5", "Digest", "Content-Digest", "Repr-Digest"];

    /// <summary>The request says that its body has a coding.</summary>
    public static bool Is(HttpRequest request) => request.Headers.ContentEncoding.Count > 0;

    /// <summary>Reads the body and takes the coding off the request.</summary>
    /// <returns>The plain body; or the error for the caller.</returns>
    public static async ValueTask<(BodyBuffer? Body, GatewayError? Error)> ReadAsync(HttpContext context, long limit, BodyMemory? memory)
    {
        var request = context.Request;
        if (ContentCodings.Read(request.Headers.ContentEncoding, out var codings) is { } unknown)
        {
            return (null, GatewayError.UnsupportedCoding(Shown(unknown), ContentCodings.Accepted));
        }

        // Unpacking is work for the thread pool: the thread that reads sockets serves others as well.
        await Task.Yield();
        try
        {
            await using var plain = codings.Count == 0 ? null : ContentCodings.Decode(new LimitedStream(request.BodyReader.AsStream(leaveOpen: true), limit), codings);
            var body = plain is null
                ? await BodyReader.ReadAsync(request, limit, memory, context.RequestAborted)
                : await BodyReader.ReadAsync(plain, limit, memory, context.RequestAborted);
            foreach (var name in OfCodedBytes)
            {
                request.Headers.Remove(name);
            }

            return body is null ? (null, GatewayError.TooLarge(limit)) : (body, null);
        }
        catch (InvalidDataException)
        {
            return (null, GatewayError.BrokenCoding(string.Join(", ", codings)));
        }
    }

    private static string Shown(string coding) => coding.Length <= 32 && !coding.AsSpan().ContainsAnyExceptInRange('!', '~') ? coding : "?";
}
