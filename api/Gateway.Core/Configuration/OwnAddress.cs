using System.Net;
using Gateway.Engines;

namespace Gateway.Core.Configuration;

/// <summary>Keeps a gateway from being its own engine: each request would come back to it, again and again.</summary>
internal static class OwnAddress
{
    /// <summary>What is wrong, or null.</summary>
    public static string? Fault(GatewaySettings settings)
    {
        var backend = settings.Backends[0];
        var usual = EngineCatalog.Find(backend.Kind) is { Demonstration: false } profile ? profile.Deployment.LocalBaseUrl : null;
        var urls = backend.Replicas.Count > 0 ? backend.Replicas.Select(replica => replica.Url) : usual is null ? [] : [new Uri(usual)];
        if (urls.FirstOrDefault(url => Is(url, settings)) is not { } own)
        {
            return null;
        }

        var name = PortOf(own, settings);
        return $"{name}={own.Port} makes {own} the gateway's own address, but BACKEND_KIND={backend.Kind} is expected there: "
            + $"set {name} to another port, or BACKEND_BASE_URL to the engine's address.";
    }

    /// <summary>The URL leads to where a gateway with these settings listens.</summary>
    public static bool Is(Uri url, GatewaySettings settings) =>
        url.Port != 0 && (url.Port == settings.Port || url.Port == settings.MetricsPort) && settings.Host is { } host && IsHere(url, host);

    /// <summary>The setting that has the port of such a URL.</summary>
    public static string PortOf(Uri url, GatewaySettings settings) => url.Port == settings.Port ? "GATEWAY_PORT" : "GATEWAY_METRICS_PORT";

    private static bool IsHere(Uri url, string listening)
    {
        var everywhere = listening is "*" || (IPAddress.TryParse(listening, out var any) && (any.Equals(IPAddress.Any) || any.Equals(IPAddress.IPv6Any)));
        return url.IsLoopback ? everywhere || SettingParsers.IsLoopback(listening) : url.Host == listening;
    }
}
