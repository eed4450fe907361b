namespace Gateway.Management.Docker;

/// <summary>Where a Docker Engine is, as <c>DOCKER_HOST</c> says it, and how it is proven to be the right one.</summary>
/// <param name="Socket">Path of its unix socket; null where it is reached by TCP.</param>
/// <param name="Base">What its requests' addresses begin with.</param>
/// <param name="Certificates">Folder with <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>; null: no TLS.</param>
public sealed record DockerAddress(string? Socket, Uri Base, string? Certificates = null)
{
    public const string Default = "unix:///var/run/docker.sock";

    /// <summary>It is on this machine.</summary>
    public bool IsLocal => Socket is not null || Base.IsLoopback;

    /// <summary>Reads an address.</summary>
    /// <param name="host">Such as <c>unix:///var/run/docker.sock</c> or <c>tcp://10.0.0.5:2376</c>; empty: the default.</param>
    /// <param name="certificates">Where the certificates are if TLS is asked for; only TCP has TLS.</param>
    /// <returns>The address, or null with what is wrong with it.</returns>
    public static (DockerAddress? Address, string? Fault) Parse(string host, string? certificates)
    {
        host = host.Length == 0 ? Default : host;
        if (host.StartsWith("unix://", StringComparison.Ordinal))
        {
            var path = host["unix://".Length..];
            return path.StartsWith('/') ? (new DockerAddress(path, new Uri("http://docker")), null) : (null, $"{host} is not the address of a Docker Engine: the path of a socket begins with a slash.");
        }

        if (!Uri.TryCreate(host, UriKind.Absolute, out var uri) || uri.Scheme is not ("tcp" or "http" or "https") || uri.Host.Length == 0 || uri.UserInfo.Length > 0)
        {
            return (null, $"{host} is not the address of a Docker Engine; use unix:///path or tcp://host:port. For ssh, forward the socket with ssh -L.");
        }

        var tls = uri.Scheme == "https" || certificates is not null;
        var port = uri.Port > 0 && !uri.IsDefaultPort ? uri.Port : tls ? 2376 : 2375;
        return (new DockerAddress(null, new UriBuilder(tls ? "https" : "http", uri.Host, port).Uri, tls ? certificates : null), null);
    }
}
