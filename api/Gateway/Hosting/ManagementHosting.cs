using Gateway.Core.Configuration;
using Gateway.Management;
using Gateway.Management.Api;
using Gateway.Management.Lifecycle;
using Gateway.Management.Operations;
using Gateway.Management.Swap;
using Gateway.Proxy.Backends;
using Gateway.Reload;

namespace Gateway.Hosting;

/// <summary>Managing engines, where the settings ask for it.</summary>
internal static class ManagementHosting
{
    public static void AddManagedEngines(this IServiceCollection services, GatewaySettings settings, IReadOnlyDictionary<string, string> variables)
    {
        var management = settings.Management;
        if (settings.AdminApiKey is null || management.Mode == ManagementMode.Off)
        {
            return;
        }

        services.AddSingleton(new LifecycleOptions
        {
            DataFolder = management.DataDirectory,
            Nodes = [.. management.Nodes.Select(node => new EngineNode(node.Name, node.Name, node.DockerHost))],
            Certificates = management.DockerCertPath,
            RegistryAuthFile = management.RegistryAuthFile,
            InContainer = SettingsReader.InContainer(variables),
            Drain = settings.Drain,
            LongestRequest = settings.BackendDefaults.Deadlines.Total,
        });
        services.AddSingleton<IEngineRoutes, EngineRoutes>();
        services.AddSingleton<EngineLifecycle>();
        services.AddSingleton<IEngineLifecycle>(provider => provider.GetRequiredService<EngineLifecycle>());
        if (management.Mode == ManagementMode.On)
        {
            services.AddSingleton<SwapInstalls>();
            services.AddHostedService<SwapService>();
        }

        services.AddSingleton<IConfiguredBackends, LiveBackends>();
        services.AddManagement(management, new EngineDefaults(settings.ModelName, variables));
    }

    /// <summary>Makes what touches disk and addresses, so that the start says what is wrong with them, and routes to what is installed from the first request on.</summary>
    /// <exception cref="StartupException">The data folder or a node's address cannot be used.</exception>
    public static async Task RouteManagedEnginesAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        try
        {
            if (services.GetService<EngineLifecycle>() is { } engines)
            {
                await engines.RouteAsync(cancellationToken);
            }
        }
        catch (LifecycleException e)
        {
            throw new StartupException([e.Message]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException([$"GATEWAY_DATA_DIR cannot be used: {e.Message} It must be a folder that the gateway may write to."]);
        }
    }

    private sealed class LiveBackends(LiveGateway gateway) : IConfiguredBackends
    {
        public IReadOnlyList<Backend> All => gateway.Current?.Backends.All ?? [];
    }
}
