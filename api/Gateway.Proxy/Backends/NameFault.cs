using System.Net.Sockets;

namespace Gateway.Proxy.Backends;

/// <summary>Tells a host's name that cannot be resolved from an engine that cannot be reached.</summary>
internal static class NameFault
{
    /// <summary>The name does not exist, or nobody can say at the moment.</summary>
    public static bool Is(HttpRequestException exception) =>
        exception.HttpRequestError == HttpRequestError.NameResolutionError
        || exception.InnerException is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery };
}
