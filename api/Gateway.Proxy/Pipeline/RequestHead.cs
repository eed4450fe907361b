using Gateway.Core.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Gateway.Proxy.Pipeline;

/// <summary>The limits of a request's line and headers.</summary>
/// <remarks>The server accepts <see cref="Slack"/> times as much, beyond which it answers a bare status: a request a little over the limit
/// gets an error in the envelope of its API.</remarks>
public static class RequestHead
{
    /// <summary>The request line, in bytes.</summary>
    public const int MaxLine = 8 * 1024;

    /// <summary>All headers together, in bytes.</summary>
    public const int MaxHeaders = 32 * 1024;

    /// <summary>How many headers there may be.</summary>
    public const int MaxCount = 100;

    public const int Slack = 4;

    /// <summary>What a line has besides method and target: two spaces, the version, the line's end.</summary>
    private const int LineRest = 12;

    /// <summary>What a header has besides name and value: colon, space, the line's end.</summary>
    private const int HeaderRest = 4;

    // Copied and not enumerated, because an enumerator would be made for every request.
    [ThreadStatic]
    private static KeyValuePair<string, StringValues>[]? _headers;

    /// <summary>The error for a request whose head is too long; else null.</summary>
    public static GatewayError? Check(HttpContext context)
    {
        var request = context.Request;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (request.Method.Length + target.Length + LineRest > MaxLine)
        {
            return GatewayError.LineTooLong(MaxLine);
        }

        var headers = request.Headers;
        return headers.Count > MaxCount || !Fits(headers, headers.Count) ? GatewayError.HeadersTooLarge(MaxHeaders, MaxCount) : null;
    }

    private static bool Fits(IHeaderDictionary headers, int names)
    {
        var copy = _headers ??= new KeyValuePair<string, StringValues>[MaxCount];
        headers.CopyTo(copy, 0);
        var (size, count) = (0, 0);
        foreach (var (name, values) in copy.AsSpan(0, names))
        {
            count += values.Count;
            for (var i = 0; i < values.Count; i++)
            {
                size += name.Length + (values[i]?.Length ?? 0) + HeaderRest;
            }
        }

        // Keys of clients are among them.
        copy.AsSpan(0, names).Clear();
        return size <= MaxHeaders && count <= MaxCount;
    }
}
