using System.Net;
using System.Net.Sockets;
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

/// <summary>The connections to a backend. Several snapshots may use them; the last Dispose closes them.</summary>
internal sealed class ConnectionPool(TimeSpan connectTimeout, TimeSpan idle) : IDisposable
{
    private int _references = 1;

    public HttpMessageInvoker Client { get; } = UpstreamClient.Create(connectTimeout, idle);

    public ConnectionPool AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Client.Dispose();
        }
    }
}

/// <summary>Distinguishes a host name that cannot be resolved from an engine that cannot be reached.</summary>
internal static class NameFault
{
    /// <summary>The name does not exist, or cannot be resolved now.</summary>
    public static bool Is(HttpRequestException exception) =>
        exception.HttpRequestError == HttpRequestError.NameResolutionError
        || exception.InnerException is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery };
}
