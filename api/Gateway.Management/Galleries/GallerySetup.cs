using System.Net;
using Gateway.Core.Configuration;
using Gateway.Proxy.Backends;

namespace Gateway.Management.Galleries;

/// <summary>Registers the reading of galleries.</summary>
internal static class GallerySetup
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);

    public static IServiceCollection AddGalleries(this IServiceCollection services, IReadOnlyList<GallerySettings> galleries)
    {
        services.AddHttpClient<GallerySource>().ForSideCalls(CreateHandler, Timeout);
        services.AddSingleton(provider => new GalleryLibrary(
            galleries,
            provider.GetRequiredService<GallerySource>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GalleryLibrary>>()));
        return services;
    }

    // Not as to an engine: a gallery may be behind a proxy. The source follows redirects, because the handler throws at an address
    // without a host.
    private static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        UseCookies = false,
        ConnectTimeout = Timeout,
        MaxResponseHeadersLength = 64,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
    };
}
