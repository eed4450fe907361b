using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Gateway.Management.Docker;

/// <summary>Reads out of a failure what kind it is. The Docker Engine says much of it only in words.</summary>
internal static class DockerErrors
{
    private static readonly string[] FullDisk = ["no space left on device", "disk quota exceeded", "not enough space"];

    private static readonly string[] NoImage =
        ["manifest unknown", "manifest for ", "pull access denied", "repository does not exist", "no such image", "name unknown", "not found: does not exist", "authentication required", "no matching manifest"];

    private static readonly string[] NoLogin = ["no basic auth credentials", "unauthorized", "authentication required", "incorrect username or password"];

    private static readonly string[] NoRegistry =
        ["no such host", "dial tcp", "connection refused", "i/o timeout", "toomanyrequests", "unauthorized", "tls handshake", "context deadline exceeded", "server misbehaving", "http response to https client", "x509", "received unexpected http status", "network is unreachable", ": eof"];

    private static readonly string[] Torn = ["unexpected eof", "connection reset", "verification failed", "broken pipe", "short read", "filesystem layer", "failed to register layer", "unexpected commit digest", "error reading from server", "byte range request"];

    /// <summary>An answer that is no success.</summary>
    public static DockerException Of(int status, byte[] body)
    {
        var said = Message(body);
        if (Contains(said, FullDisk))
        {
            return Full(said);
        }

        if (said.Contains("HTTP request to an HTTPS server", StringComparison.OrdinalIgnoreCase))
        {
            return new(DockerFault.Denied, "The Docker Engine takes secure connections only: set DOCKER_CERT_PATH to a folder with ca.pem, cert.pem and key.pem.");
        }

        // A proxy that lets only some calls through answers in its own words, which are not worth repeating.
        return status switch
        {
            // A registry's refusal comes with the same status as that of whoever stands before the Docker Engine.
            401 or 403 when Contains(said, NoLogin) => new(DockerFault.Refused, said),
            401 or 403 => new(DockerFault.Denied, $"Whoever stands before the Docker Engine refuses the call ({status.ToString(CultureInfo.InvariantCulture)}). Allow it there, or leave the management of engines off."),
            404 => new(DockerFault.NotFound, said),
            409 => new(DockerFault.Conflict, said),
            _ => new(DockerFault.Refused, said),
        };
    }

    /// <summary>A call about an image in a registry, which fails with any status and in many words.</summary>
    /// <param name="image">Which.</param>
    /// <param name="said">In the Docker Engine's words.</param>
    /// <param name="withLogin">A login for the registry went with the call.</param>
    /// <param name="inner">Where it comes from.</param>
    public static DockerException OfImage(ImageReference image, string said, bool withLogin, DockerException? inner = null)
    {
        if (inner?.Fault is DockerFault.Away or DockerFault.Denied or DockerFault.Late && !Contains(said, NoImage))
        {
            return inner;
        }

        return Contains(said, FullDisk) ? Full(said)
            : withLogin && Contains(said, NoLogin) ? new(DockerFault.RegistryAway, $"The registry of {image} refuses the login that {RegistryLogins.Setting} has for {RegistryLogins.RegistryOf(image)}: {said}", inner)
            : Contains(said, NoLogin[..1]) ? new(DockerFault.RegistryAway, $"The registry of {image} wants a login: put one for {RegistryLogins.RegistryOf(image)} into the file of {RegistryLogins.Setting}. It says: {said}", inner)
            : Contains(said, Torn) ? new(DockerFault.Broken, $"The pull of {image} broke off: {said} Try again; what is there already is kept.", inner)
            : Contains(said, NoImage) || inner?.Fault == DockerFault.NotFound ? new(DockerFault.NotFound, $"There is no image {image} for this machine in its registry, or it wants a login ({RegistryLogins.Setting}): {said}", inner)
            : Contains(said, NoRegistry) ? new(DockerFault.RegistryAway, $"The registry of {image} cannot be used: {said}", inner)
            : new(DockerFault.Refused, $"The Docker Engine says of {image}: {said}", inner);
    }

    /// <summary>No answer came.</summary>
    public static DockerException Of(DockerAddress address, Exception e)
    {
        var where = Where(address);
        var socket = e as SocketException ?? e.InnerException as SocketException;
        return socket?.SocketErrorCode == SocketError.AccessDenied
            ? new(DockerFault.Denied, $"The gateway may not open {where}. Run it as a user of the socket's group, or put a socket proxy before it and set DOCKER_HOST.", e)
            : socket is null && e.InnerException is System.Security.Authentication.AuthenticationException
            ? new(DockerFault.Denied, $"No secure connection to the Docker Engine at {where}: {e.InnerException.Message.TrimEnd('.')}. Its certificate must be for that host, and signed by the authority in ca.pem of DOCKER_CERT_PATH.", e)
            // A server tells whom it does not know only after the handshake: by an alert, or by hanging up before that could be read.
            : e.GetBaseException() is System.Security.Cryptography.CryptographicException alert
            ? new(DockerFault.Denied, $"The Docker Engine at {where} has ended the secure connection: {alert.Message.TrimEnd('.')}. It takes clients whose certificate its authority has signed: look at cert.pem and key.pem in DOCKER_CERT_PATH.", e)
            : address.Base.Scheme == "https" && socket?.SocketErrorCode == SocketError.ConnectionReset
            ? new(DockerFault.Away, $"The Docker Engine at {where} hangs up: it is ending, or does not know the certificate in cert.pem of DOCKER_CERT_PATH.", e)
            : new(DockerFault.Away, $"No Docker Engine answers at {where}: {(e.InnerException ?? e).Message.TrimEnd('.')}. Start it, or set DOCKER_HOST to where it is.", e);
    }

    /// <summary>An answer of something else than a Docker Engine.</summary>
    public static DockerException OfAnswer(DockerAddress address, Exception e) =>
        new(DockerFault.Refused, $"The answer of {Where(address)} is none of a Docker Engine's: {e.Message}", e);

    /// <summary>No version of the API that both sides know.</summary>
    public static DockerException OfVersion(DockerAddress address, string? newest, string? oldest) =>
        new(DockerFault.Refused, $"The Docker Engine at {Where(address)} speaks API {oldest} to {newest}; {ApiVersion.Oldest} or newer is needed. Update Docker there.");

    public static DockerException Late(DockerAddress address, TimeSpan limit, Exception e) =>
        new(DockerFault.Late, FormattableString.Invariant($"The Docker Engine at {Where(address)} did not answer within {limit.TotalSeconds:0} s."), e);

    private static string Where(DockerAddress address) => address.Socket ?? address.Base.Authority;

    private static DockerException Full(string said) => new(DockerFault.DiskFull, $"The disk of the Docker Engine is full: {said} Make room, for instance with docker system df and docker image prune.");

    private static bool Contains(string said, string[] words) => words.Any(word => said.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Message(byte[] body)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, DockerJson.Default.ErrorAnswer)?.Message is { Length: > 0 } message)
            {
                return message.TrimEnd('.') + ".";
            }
        }
        catch (JsonException)
        {
            // Not the Docker Engine's own words.
        }

        var text = Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 300)).Trim();
        return text.Length == 0 ? "Nothing more is said." : text;
    }
}
