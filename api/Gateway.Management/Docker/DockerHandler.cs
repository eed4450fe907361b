using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Management.Docker;

/// <summary>The connections to one Docker Engine: by its socket, by TCP, by TCP with certificates on both sides.</summary>
internal static class DockerHandler
{
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);

    /// <exception cref="DockerException">The certificates cannot be read.</exception>
    public static SocketsHttpHandler Create(DockerAddress address)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = Connect,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ActivityHeadersPropagator = null,
        };
        if (address.Socket is { } path)
        {
            handler.ConnectCallback = (_, cancellationToken) => OpenAsync(path, cancellationToken);
        }

        if (address.Certificates is { } folder)
        {
            handler.SslOptions = Trust(folder);
        }

        return handler;
    }

    private static async ValueTask<Stream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Only the operator's own authority counts: the machine's usual ones vouch for web sites, not for this engine.
    private static SslClientAuthenticationOptions Trust(string folder)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(Path.Combine(folder, "ca.pem"));
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            var options = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
            var (own, key) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
            if (File.Exists(own))
            {
                options.ClientCertificates = [X509Certificate2.CreateFromPemFile(own, key)];
            }

            return options;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new DockerException(DockerFault.Denied, $"The certificates for the Docker Engine in {folder} cannot be read: {e.Message} Required files: ca.pem, cert.pem and key.pem.", e);
        }
    }
}
