using Gateway.Core.Configuration;
using Gateway.Management.Api;
using Gateway.Management.Audit;
using Gateway.Management.Galleries;
using Gateway.Management.Jobs;
using Gateway.Management.Nodes;
using Gateway.Management.Operations;

namespace Gateway.Management;

/// <summary>Registers what managing engines takes, beside the lifecycle itself.</summary>
public static class ManagementSetup
{
    public static IServiceCollection AddManagement(this IServiceCollection services, ManagementSettings settings, EngineDefaults defaults)
    {
        services.AddSingleton(settings);
        services.AddSingleton(defaults);
        services.AddGalleries(settings.Galleries);
        services.AddSingleton(new JobStore(Path.Combine(settings.DataDirectory, "jobs.json")));
        services.AddSingleton(provider => new AuditLog(Path.Combine(settings.DataDirectory, "audit.jsonl"), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AuditLog>>()));
        services.AddSingleton<JobList>();
        services.AddSingleton<JobBoard>();
        services.AddSingleton<Fleet>();
        services.AddSingleton<EngineOperations>();
        services.AddSingleton<OnDemandInstalls>();
        services.AddSingleton<UpgradeCheck>();
        services.AddSingleton<ReadRoutes>();
        services.AddSingleton<ChangeRoutes>();
        services.AddSingleton<ManagementApi>();
        services.AddHostedService<ManagementService>();
        return services;
    }
}
