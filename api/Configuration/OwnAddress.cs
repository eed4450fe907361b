using System.Net;
using Gateway.Engines;

namespace Gateway.Configuration;

/// <summary>Keeps a gateway from being its own engine: each request would come back to it, again and again.</summary>
internal static class OwnAddress
{
    /// <summary>What is wrong, or null.</summary>
    public static string? Fault(GatewaySettings settings)
    {
        var backend = settings.Backends[0];
        var usual = EngineCatalog.Find(backend.Kind) is { Demonstration: false } profile ? profile.Deployment.LocalBaseUrl : null;
        var urls = backend.Replicas.Count > 0 ? backend.Replicas.Select(replica => replica.Url) : usual is null ? [] : [new Uri(usual)];
        return urls.FirstOrDefault(url => Is(url, settings)) is { } own
            ? $"GATEWAY_PORT={settings.Port} makes {own} the gateway's own address, where BACKEND_KIND={backend.Kind} is to be: "
                + "set GATEWAY_PORT to another port, or BACKEND_BASE_URL to where the engine answers."
            : null;
    }

    /// <summary>The URL leads to where a gateway with these settings listens.</summary>
    public static bool Is(Uri url, GatewaySettings settings) =>
        settings.Port != 0 && settings.Host is { } host && url.Port == settings.Port && IsHere(url, host);

    private static bool IsHere(Uri url, string listening)
    {
        var everywhere = listening is "*" || (IPAddress.TryParse(listening, out var any) && (any.Equals(IPAddress.Any) || any.Equals(IPAddress.IPv6Any)));
        return url.IsLoopback ? everywhere || SettingParsers.IsLoopback(listening) : url.Host == listening;
    }
}
