using System.Collections.Frozen;
using System.Net.Http.Headers;
using Gateway.Backends;
using Microsoft.Extensions.Primitives;

namespace Gateway.Forwarding;

/// <summary>Which headers cross the gateway, in either direction.</summary>
internal sealed class UpstreamHeaders(Backend backend)
{
    private const string WebSocketProtocol = "Sec-WebSocket-Protocol";

    // Hop-by-hop headers belong to one connection (RFC 9110, 7.6.1); credentials and origin are the client's own affair;
    // forwarded-for claims are unproven; the encoding is asked for by the gateway, which has to read the answer.
    private static readonly FrozenSet<string> NeverSent = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
        "Host", "Expect", "Authorization", "x-api-key", "api-key", "xi-api-key", "Cookie", "Origin", "Referer", "Accept-Encoding", "OpenAI-Organization", "OpenAI-Project",
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Real-IP", "x-request-id");

    private static readonly FrozenSet<string> NeverReturned = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "Server", "Date", "Via", "X-Powered-By", "Set-Cookie", "Alt-Svc", "Strict-Transport-Security", "WWW-Authenticate", "Content-Length", "x-request-id");

    private readonly FrozenSet<string> _stripSent = backend.Profile.Requests.StripHeaders.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private readonly string[] _stripReturned = [.. backend.Profile.Responses.StripHeaders];

    /// <summary>Gives the engine's request its headers.</summary>
    /// <param name="source">The client's request.</param>
    /// <param name="target">The engine's request.</param>
    /// <param name="content">Its body, which takes the headers that tell of it; null where there is none.</param>
    /// <param name="requestId">The request's id.</param>
    public void CopyRequest(HttpRequest source, HttpRequestMessage target, HttpContent? content, string requestId)
    {
        var named = NamedByConnection(source.Headers.Connection.ToString());
        foreach (var (name, values) in source.Headers)
        {
            if (name[0] != ':' && !NeverSent.Contains(name) && !_stripSent.Contains(name) && (named.Length == 0 || !named.Contains(name, StringComparer.OrdinalIgnoreCase)))
            {
                Add(target, content, name, name.Equals(WebSocketProtocol, StringComparison.OrdinalIgnoreCase) ? WithoutKeys(values) : values);
            }
        }

        target.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        target.Headers.TryAddWithoutValidation("x-request-id", requestId);
        backend.Authorize(target);
    }

    public void CopyResponse(HttpResponseMessage source, HttpResponse target, bool decoded)
    {
        var named = source.Headers.NonValidated.TryGetValues("Connection", out var connection) ? NamedByConnection(connection.ToString()) : [];
        Copy(source.Headers.NonValidated, target, decoded, named);
        Copy(source.Content.Headers.NonValidated, target, decoded, named);
    }

    private void Copy(HttpHeadersNonValidated headers, HttpResponse target, bool decoded, string[] named)
    {
        // Whose limits the caller is told of: his key's here, or else those of the key that the gateway has there.
        var ownLimits = target.Headers.ContainsKey("x-ratelimit-limit-requests") || target.Headers.ContainsKey("x-ratelimit-limit-tokens");
        foreach (var (name, values) in headers)
        {
            if (ownLimits && name.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (NeverReturned.Contains(name) || IsStripped(name) || (named.Length > 0 && named.Contains(name, StringComparer.OrdinalIgnoreCase)) || (decoded && name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            target.Headers[name] = values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]);
        }
    }

    private bool IsStripped(string name)
    {
        // The second are this gateway's own words; another one behind it has others.
        if (name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("x-gateway-", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        foreach (var stripped in _stripReturned)
        {
            if (stripped.EndsWith('*') ? name.StartsWith(stripped.AsSpan(0, stripped.Length - 1), StringComparison.OrdinalIgnoreCase) : name.Equals(stripped, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // A header named in Connection is hop-by-hop too, whatever it is.
    private static string[] NamedByConnection(string connection) =>
        connection.Length == 0 || connection.Equals("keep-alive", StringComparison.OrdinalIgnoreCase)
            ? []
            : connection.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // Browsers cannot set Authorization on a WebSocket, so they put the key among the subprotocols. Where nothing else is left, nothing is sent.
    private static StringValues WithoutKeys(StringValues protocols)
    {
        var rest = string.Join(", ", protocols.ToString()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(protocol => !protocol.StartsWith("openai-insecure-api-key.", StringComparison.OrdinalIgnoreCase)));
        return rest.Length == 0 ? StringValues.Empty : rest;
    }

    private static void Add(HttpRequestMessage target, HttpContent? content, string name, StringValues values)
    {
        if (values.Count == 0)
        {
            return;
        }

        if (values.Count == 1)
        {
            if (!target.Headers.TryAddWithoutValidation(name, values[0]))
            {
                content?.Headers.TryAddWithoutValidation(name, values[0]);
            }

            return;
        }

        var all = values.ToArray();
        if (!target.Headers.TryAddWithoutValidation(name, all))
        {
            content?.Headers.TryAddWithoutValidation(name, all);
        }
    }
}
