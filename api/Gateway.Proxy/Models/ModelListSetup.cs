using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Models;

/// <summary>Registers the reading of model lists.</summary>
public static class ModelListSetup
{
    // Shorter than any engine keeps a connection that nothing comes through, and than the time between two readings.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(2);

    public static IServiceCollection AddModelLists(this IServiceCollection services)
    {
        services.AddHttpClient<ModelListClient>()
            .ForSideCalls(static () => UpstreamClient.CreateHandler(ModelListCache.Timeout, Idle), ModelListCache.Timeout);
        services.AddSingleton<ModelListCache>();
        services.AddHostedService(static provider => provider.GetRequiredService<ModelListCache>());
        return services;
    }
}
