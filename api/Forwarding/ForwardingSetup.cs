using Gateway.Authentication;
using Gateway.Backends;
using Gateway.Configuration;
using Gateway.Health;
using Gateway.ModelList;
using Gateway.Routing;
using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>Everything a request needs by one set of settings, as services. What outlives the settings is added by whoever owns it.</summary>
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
        services.AddSingleton<RequestFaults>();
        services.AddSingleton<HealthEndpoints>();
        services.AddSingleton<ModelDirectory>();
        services.AddSingleton<ModelListEndpoint>();
        services.AddSingleton<NativeApiEndpoint>();
        services.AddSingleton<ModelRouter>();
        services.AddSingleton<ReplicaPicker>();
        services.AddSingleton<CapabilitiesEndpoint>();
        services.AddHttpForwarder();
        services.AddSingleton<UpstreamBackends>();
        services.AddSingleton<WebSocketForwarder>();
        services.AddSingleton<Forwarder>();
        services.AddSingleton<PlanBuilder>();
        services.AddSingleton<ForwardServices>();
        services.AddSingleton<RetryPipeline>();
        services.AddSingleton(provider => new CallerHold(settings.HoldInterval, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ForwardHandler>();
        services.AddSingleton<RequestPipeline>();
        return services;
    }
}
