using Gateway.Core.Configuration;
using Gateway.Hosting;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Health;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Models;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Routing;
using Gateway.Proxy.Telemetry;

namespace Gateway.Reload;

/// <summary>What outlives a set of settings: states and counts that a change of settings must not reset.</summary>
internal sealed record SharedParts(
    Lifecycle Lifecycle,
    GatewayMetrics Metrics,
    ILoggerFactory Loggers,
    HealthMonitor Health,
    ModelListCache Models,
    Admission Admission,
    RetryBudgets Budgets,
    DeadlineWheel Deadlines,
    EngineDemand Demand,
    KeyLimiter Limiter,
    BodyMemory Memory,
    TraceExport Traces,
    SharedDemo Demo,
    Defects Defects)
{
    /// <summary>Makes them, to be owned by the server's own container.</summary>
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<Lifecycle>();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<Defects>();
        services.AddSingleton<EngineProber>();
        services.AddSingleton<EngineLoadReader>();
        services.AddSingleton<HealthMonitor>();
        services.AddSingleton<ModelListCache>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelListCache>());
        services.AddSingleton<Admission>();
        services.AddSingleton<RetryBudgets>();
        services.AddSingleton<DeadlineWheel>();
        services.AddSingleton<EngineDemand>();
        services.AddSingleton<KeyLimiter>();
        services.AddSingleton(provider => new BodyMemory(provider.GetRequiredService<GatewaySettings>().BodyMemoryBytes ?? BodyMemory.Default));
        services.AddSingleton<TraceExport>();
        services.AddHostedService<MonthFile>();
        services.AddSingleton<SharedDemo>();
        services.AddSingleton<SharedParts>();
    }

    /// <summary>Lends them to one set of settings, which does not own them.</summary>
    public void Lend(IServiceCollection services)
    {
        services.AddSingleton(Loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(Lifecycle);
        services.AddSingleton(Metrics);
        services.AddSingleton(Defects);
        services.AddSingleton(Health);
        services.AddSingleton(Models);
        services.AddSingleton(Admission);
        services.AddSingleton(Budgets);
        services.AddSingleton(Deadlines);
        services.AddSingleton(Demand);
        services.AddSingleton(Limiter);
        services.AddSingleton(Memory);
        services.AddSingleton(Traces.Tracing);
    }

    /// <summary>These backends are in force from now on, and no others.</summary>
    public void Follow(BackendTable backends)
    {
        backends.Settle();
        Health.Keep(backends.All);
        Models.Follow(backends.All);
        Admission.Apply(backends.All);
        Budgets.Apply(backends.All);
    }
}
