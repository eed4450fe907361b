using System.Net;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;

namespace Gateway.Proxy.Keys;

/// <summary>Without keys, refuses requests that pages in browsers of this host could send.</summary>
/// <remarks>Origin and host must be local, or listed.</remarks>
public sealed class BrowserGuard
{
    private const int MostShown = 100;

    /// <summary>What this host is called from its containers.</summary>
    private static readonly string[] OwnNames = ["localhost", "host.docker.internal", "host.containers.internal"];

    private readonly HashSet<string> _hosts = new(OwnNames, StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _origins;

    public BrowserGuard(GatewaySettings settings)
    {
        _origins = new(settings.CorsOrigins, StringComparer.OrdinalIgnoreCase);
        _hosts.Add(settings.Host);
        _hosts.Add(Environment.MachineName);
        foreach (var origin in settings.CorsOrigins.Where(static origin => origin != "*"))
        {
            _hosts.Add(HostOf(origin));
        }
    }

    /// <summary>The error for a request that a page of another origin makes; else null.</summary>
    public GatewayError? Check(HttpRequest request)
    {
        if (_origins.Contains("*"))
        {
            return null;
        }

        if (request.Host.Value is { Length: > 0 } host && !IsOwn(HostOf(host)))
        {
            return GatewayError.HostNotAllowed(Shown(host));
        }

        if (request.Headers.Origin is { Count: > 0 } origin)
        {
            return IsAllowed(origin.ToString()) ? null : GatewayError.OriginNotAllowed(Shown(origin.ToString()));
        }

        return IsCrossSite(request) ? GatewayError.OriginNotAllowed("another site") : null;
    }

    // In any other scheme the page chooses its host freely.
    private bool IsAllowed(string origin) =>
        _origins.Contains(origin)
        || ((origin.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || origin.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) && IsOwn(HostOf(origin)));

    private bool IsOwn(string host) =>
        _hosts.Contains(host)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    // A link that is followed shows its page the address and nothing of the answer.
    private static bool IsCrossSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString().Equals("cross-site", StringComparison.OrdinalIgnoreCase)
        && !(request.Headers["Sec-Fetch-Mode"].ToString().Equals("navigate", StringComparison.OrdinalIgnoreCase) && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)));

    // Of an origin or of a Host header: without scheme, without port, without the dot that ends a full name.
    private static string HostOf(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal);
        var host = start < 0 ? text : text[(start + 3)..];
        var end = host.IndexOf(':', host.LastIndexOf(']') + 1);
        return (end < 0 ? host : host[..end]).TrimEnd('.');
    }

    private static string Shown(string text) => text.Length > MostShown ? text[..MostShown] : text;
}
