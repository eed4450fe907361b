using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Proxy.Realtime;

/// <summary>The upgrade asked of an engine, with a challenge of the gateway's own (RFC 6455, 4.1).</summary>
/// <remarks>The client's is answered by the server it is connected to.</remarks>
internal sealed class WebSocketHandshake
{
    private const string Protocol = "Sec-WebSocket-Protocol";
    private const string Accept = "Sec-WebSocket-Accept";
    private const string Extensions = "Sec-WebSocket-Extensions";

    /// <summary>What the API calls itself among the subprotocols.</summary>
    private const string ApiProtocol = "realtime";

    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
    private readonly string[] _offered;

    /// <summary>Makes a request with the client's headers one for an upgrade.</summary>
    public WebSocketHandshake(HttpRequestMessage request)
    {
        Set(request, "Connection", "Upgrade");
        Set(request, "Upgrade", "websocket");
        Set(request, "Sec-WebSocket-Version", "13");
        Set(request, "Sec-WebSocket-Key", _key);
        // Each leg has its own; compressed on neither, a message passes as it is.
        request.Headers.Remove(Extensions);
        _offered = request.Headers.NonValidated.TryGetValues(Protocol, out var offered)
            ? offered.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];
    }

    public bool IsAccepted(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.SwitchingProtocols && Header(response, Accept) == Answer(_key);

    /// <summary>The subprotocol that the engine took, where it is one of those offered.</summary>
    public string? Chosen(HttpResponseMessage response) =>
        Header(response, Protocol) is { } chosen && _offered.Contains(chosen, StringComparer.OrdinalIgnoreCase) ? chosen : null;

    /// <summary>Some engines take none. A browser that offered some then breaks off, so the API's own name is taken for them.</summary>
    public string? ForClient(string? chosen) => chosen ?? _offered.FirstOrDefault(offered => offered.Equals(ApiProtocol, StringComparison.OrdinalIgnoreCase));

    /// <summary>Takes out what belongs to the engine's leg.</summary>
    public static void RemoveHeaders(IHeaderDictionary headers)
    {
        headers.Remove(Accept);
        headers.Remove(Protocol);
        headers.Remove(Extensions);
    }

    // RFC 6455, 4.2.2 lays down the hash; it proves that the other side speaks WebSocket, and nothing else.
#pragma warning disable CA5350 // The protocol knows no other hash, and nothing is kept secret with it.
    private static string Answer(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}
