using System.Buffers;
using System.Collections.Frozen;
using System.Net.Http.Headers;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Keys;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Realtime;
using Microsoft.Extensions.Primitives;

namespace Gateway.Proxy.Forwarding;

/// <summary>Which headers cross the gateway, in either direction.</summary>
public sealed class UpstreamHeaders(Backend backend)
{
    private const string WebSocketProtocol = "Sec-WebSocket-Protocol";

    // Tab is allowed in a value; the server refuses the others, and with them the whole answer.
    private static readonly SearchValues<char> Controls = SearchValues.Create([.. Enumerable.Range(0, 0x20).Where(c => c != '\t').Select(c => (char)c), '\x7f']);

    private readonly EngineLocations _locations = new(backend.Replicas);
    private readonly FrozenSet<string> _stripSent = backend.Profile.Requests.StripHeaders.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private readonly string[] _stripReturned = [.. backend.Profile.Responses.StripHeaders];

    /// <summary>Gives the engine's request its headers.</summary>
    /// <param name="source">The client's request.</param>
    /// <param name="target">The engine's request.</param>
    /// <param name="content">Its body, which takes the content headers; null where there is none.</param>
    /// <param name="feature">The request's facts.</param>
    public void CopyRequest(HttpRequest source, HttpRequestMessage target, HttpContent? content, GatewayFeature feature)
    {
        var named = ConnectionOptions.NamedBy(source.Headers.Connection.ToString());
        var key = ApiKeyStore.PresentedBy(source.Headers, feature.Key);
        foreach (var (name, values) in source.Headers)
        {
            if (name[0] == ':' || HeaderTable.Sent.Has(name) || _stripSent.Contains(name) || CredentialName.Is(name) || IsNamed(named, name))
            {
                continue;
            }

            if (name.Equals(WebSocketProtocol, StringComparison.OrdinalIgnoreCase))
            {
                Add(target, content, name, Subprotocols.WithoutCredentials(values, key));
            }
            else if (!IsCredential(values, key))
            {
                Add(target, content, name, values);
            }
        }

        target.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        target.Headers.TryAddWithoutValidation("x-request-id", feature.RequestId);
        backend.Authorize(target);
    }

    /// <summary>Gives the client's answer its headers.</summary>
    /// <param name="source">The engine's answer.</param>
    /// <param name="content">Its body, which has the headers that describe it.</param>
    /// <param name="target">The client's answer.</param>
    /// <param name="decoded">The body was decompressed.</param>
    public void CopyResponse(HttpResponseMessage source, HttpContent content, HttpResponse target, bool decoded)
    {
        var named = source.Headers.NonValidated.TryGetValues("Connection", out var connection) ? ConnectionOptions.NamedBy(connection.ToString()) : [];
        var asked = source.RequestMessage?.RequestUri;
        Copy(source.Headers.NonValidated, target, decoded, named, asked);
        Copy(content.Headers.NonValidated, target, decoded, named, asked);
        if (asked is not null && source.Headers.NonValidated.TryGetValues("Location", out var location) && _locations.OfClient(location.ToString(), asked) is { } own)
        {
            target.Headers.Location = own;
        }
    }

    private void Copy(HttpHeadersNonValidated headers, HttpResponse target, bool decoded, string[] named, Uri? asked)
    {
        // The caller gets the limits of its own key; without limits, those of the gateway's key at the engine.
        var ownLimits = target.Headers.ContainsKey("x-ratelimit-limit-requests") || target.Headers.ContainsKey("x-ratelimit-limit-tokens");
        foreach (var (name, values) in headers)
        {
            if ((ownLimits && name.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase))
                || HeaderTable.Returned.Has(name) || CredentialName.Is(name) || IsStripped(name) || IsNamed(named, name)
                || (decoded && name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            if (values.Count > 1)
            {
                Set(target, name, new StringValues([.. values.Where(value => MayBeSeen(value, asked))]));
            }
            else if (values.ToString() is var value && MayBeSeen(value, asked))
            {
                Set(target, name, value);
            }
        }
    }

    private static void Set(HttpResponse target, string name, StringValues values)
    {
        if (values.Count > 0)
        {
            target.Headers[name] = values;
        }
    }

    // Neither the engine's key nor its address; and nothing that cannot be sent as a header.
    private bool MayBeSeen(string value, Uri? asked) =>
        !value.AsSpan().ContainsAny(Controls) && backend.Secret?.IsIn(value) != true && !EngineLocations.Shows(value, asked);

    private static bool IsNamed(string[] named, string name) => named.Length > 0 && named.Contains(name, StringComparer.OrdinalIgnoreCase);

    // The key that the gateway took, or whatever goes by the schemes in which keys are sent, under a name that does not show it.
    private static bool IsCredential(StringValues values, ReadOnlySpan<char> key)
    {
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i].AsSpan();
            if ((!key.IsEmpty && value.Contains(key, StringComparison.Ordinal))
                || value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsStripped(string name)
    {
        foreach (var stripped in _stripReturned)
        {
            if (stripped.EndsWith('*') ? name.StartsWith(stripped.AsSpan(0, stripped.Length - 1), StringComparison.OrdinalIgnoreCase) : name.Equals(stripped, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
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
