using Gateway.Core.Configuration;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Health;
using Gateway.Proxy.Keys;
using Gateway.Proxy.Models;
using Gateway.Proxy.Realtime;
using Gateway.Proxy.Routing;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Pipeline;

/// <summary>Everything a request needs by one set of settings, as services. What outlives the settings is added by whoever owns it.</summary>
public static class ForwardingSetup
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
