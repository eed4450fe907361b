using Gateway.Core.Configuration;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Health;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Models;
using Gateway.Proxy.Realtime;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Routing;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Pipeline;

/// <summary>The services of a client's request.</summary>
/// <remarks>States and counts outlive a change of settings; what follows from settings is in the snapshot.</remarks>
public static class ProxySetup
{
    public static IServiceCollection AddProxy(this IServiceCollection services)
    {
        services.AddSingleton(Random.Shared);
        services.AddSingleton<CurrentSnapshot>();
        services.AddSingleton<SnapshotFactory>();
        services.AddSingleton<Lifecycle>();
        services.AddSingleton<MetricsRegistry>();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<Defects>();
        services.AddSingleton<EngineProber>();
        services.AddSingleton<EngineLoadReader>();
        services.AddSingleton<HealthMonitor>();
        services.AddModelLists();
        services.AddSingleton<Admission>();
        services.AddSingleton<RetryBudgets>();
        services.AddSingleton<DeadlineScanner>();
        services.AddSingleton<EngineDemand>();
        services.AddSingleton<KeyLimiter>();
        services.AddHostedService<MonthFile>();
        services.AddSingleton(static provider => new BodyMemory(provider.GetRequiredService<GatewaySettings>().BodyMemoryBytes ?? BodyMemory.Default));
        services.AddSingleton<StateOwners>();
        services.AddSingleton<RequestLog>();
        services.AddSingleton<RequestFaults>();
        services.AddSingleton<HealthEndpoints>();
        services.AddHttpForwarder();
        services.AddSingleton<BackendEntrance>();
        services.AddSingleton<FailoverPolicy>();
        services.AddSingleton<EngineInvoker>();
        services.AddSingleton<WebSocketForwarder>();
        return services;
    }
}
