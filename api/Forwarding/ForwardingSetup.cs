using Gateway.Authentication;
using Gateway.Backends;
using Gateway.Configuration;
using Gateway.Health;
using Gateway.ModelList;
using Gateway.Routing;
using Gateway.Streams;
using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>Everything a request needs, as services.</summary>
internal static class ForwardingSetup
{
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewaySettings settings, BackendTable backends)
    {
        services.AddSingleton(settings);
        services.AddSingleton(_ => backends);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(Random.Shared);
        services.AddSingleton(new ApiKeyStore(settings.ApiKeys));
        services.AddSingleton<RequestLog>();
        services.AddSingleton<DeadlineWheel>();
        services.AddHealth().AddModelList().AddRouting();
        services.AddHttpForwarder();
        services.AddSingleton<UpstreamBackends>();
        services.AddSingleton<WebSocketForwarder>();
        services.AddSingleton<Forwarder>();
        services.AddSingleton<PlanBuilder>();
        services.AddSingleton<ForwardServices>();
        services.AddSingleton<RetryBudgets>();
        services.AddSingleton<RetryPipeline>();
        services.AddSingleton<ForwardHandler>();
        services.AddSingleton<RequestPipeline>();
        return services;
    }

    private static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<Lifecycle>();
        services.AddSingleton<EngineProber>();
        services.AddSingleton<EngineLoadReader>();
        services.AddSingleton<HealthEndpoints>();
        services.AddSingleton<HealthMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<HealthMonitor>());
        return services;
    }

    private static IServiceCollection AddModelList(this IServiceCollection services)
    {
        services.AddSingleton<ModelListEndpoint>();
        services.AddSingleton<ModelListCache>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelListCache>());
        return services;
    }

    private static IServiceCollection AddRouting(this IServiceCollection services)
    {
        services.AddSingleton<ModelRouter>();
        services.AddSingleton<ReplicaPicker>();
        services.AddSingleton<Admission>();
        services.AddSingleton<CapabilitiesEndpoint>();
        return services;
    }
}
