using Gateway.Core.Errors;

namespace Gateway.Proxy.Forwarding;

/// <summary>Refuses bodies whose end two servers could see differently: request smuggling (RFC 9112, 6.3 and 11.2).</summary>
public static class RequestFraming
{
    /// <summary>Where the server keeps the length that it did not go by, because the body came in chunks.</summary>
    private const string IgnoredLength = "X-Content-Length";

    /// <summary>The error for a body whose end is doubtful; else null.</summary>
    public static GatewayError? Check(HttpRequest request)
    {
        var codings = request.Headers.TransferEncoding;
        if (codings.Count == 0)
        {
            return null;
        }

        var plain = codings.Count == 1 && codings[0].AsSpan().Trim(" \t").Equals("chunked", StringComparison.OrdinalIgnoreCase);
        return plain && !request.Headers.ContainsKey(IgnoredLength) && request.ContentLength is null && !HttpProtocol.IsHttp10(request.Protocol)
            ? null
            : GatewayError.AmbiguousLength;
    }
}
