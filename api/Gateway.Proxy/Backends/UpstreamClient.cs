using System.Net;
using System.Text;

namespace Gateway.Proxy.Backends;

/// <summary>The way to an engine: plain HTTP with nothing added, followed, unpacked or remembered.</summary>
public static class UpstreamClient
{
    public static HttpMessageInvoker Create(TimeSpan connectTimeout, TimeSpan idle) =>
        new(CreateHandler(connectTimeout, idle), disposeHandler: true);

    public static SocketsHttpHandler CreateHandler(TimeSpan connectTimeout, TimeSpan idle) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = connectTimeout,
        // An engine's address may change behind its name: connections are renewed, and idle ones dropped before the engine drops them.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        PooledConnectionIdleTimeout = idle,
        ResponseDrainTimeout = TimeSpan.Zero,
        MaxResponseHeadersLength = 64,
        // Each character of a header is one byte of it, as it is on the client's side.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        // A caller's trace passes like its other headers.
        ActivityHeadersPropagator = null,
    };
}
