using Gateway.Core.Configuration;
using Gateway.Management.Jobs;
using Gateway.Management.Lifecycle;
using Gateway.Management.Operations;

namespace Gateway.Management;

/// <summary>
/// What happens beside requests: at the start what the process before left is put right and its jobs are settled, then what is to be
/// there is installed; later newer versions are looked for.
/// </summary>
internal sealed partial class ManagementService(ManagementSettings settings, IEngineLifecycle lifecycle, EngineOperations operations, JobBoard jobs, UpgradeCheck upgrades, TimeProvider clock, ILogger<ManagementService> logger) : BackgroundService
{
    private const string Start = "start";
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await jobs.StopAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await RecoverAsync(stoppingToken);
        if (settings.Mode == ManagementMode.On)
        {
            foreach (var external in settings.ExternalBackends)
            {
                await GuardedWork.TryAsync("GATEWAY_EXTERNAL_BACKENDS", logger, () => InstallAsync(external, stoppingToken), stoppingToken);
            }
        }

        using var timer = new PeriodicTimer(UpgradeCheck.Interval, clock);
        do
        {
            await GuardedWork.TryAsync("The check for newer versions", logger, () => upgrades.RunAsync(stoppingToken), stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // Where the Docker Engine is away, what it holds is not known yet; jobs are settled when it is.
    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        for (var told = false; !operations.Recovered; told = true)
        {
            if (!await GuardedWork.TryAsync("The recovery of engines", logger, () => RecoverOnceAsync(told, cancellationToken), cancellationToken) || !operations.Recovered)
            {
                await Task.Delay(Again, clock, cancellationToken);
            }
        }
    }

    private async Task RecoverOnceAsync(bool told, CancellationToken cancellationToken)
    {
        try
        {
            if (settings.Mode == ManagementMode.On)
            {
                await lifecycle.RecoverAsync(cancellationToken);
            }

            var installed = await lifecycle.ListAsync(cancellationToken);
            jobs.Restore(job => JobEnd.Of(job, installed, clock.GetUtcNow()));
            operations.Recovered = true;
        }
        catch (LifecycleException e)
        {
            if (!told)
            {
                Log.NotRecovered(logger, e.Message);
            }
        }
    }

    private async Task InstallAsync(ExternalBackend external, CancellationToken cancellationToken)
    {
        try
        {
            var result = await operations.InstallAsync(new OperationRequest { Id = external.Id, Model = external.Model, Who = Start }, cancellationToken);
            if (result.Error is { } error)
            {
                Log.NotInstalled(logger, external.Id, error.Message);
            }
        }
        catch (LifecycleException e)
        {
            Log.NotInstalled(logger, external.Id, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Engines cannot be managed yet: {Reason} It is tried again.")]
        public static partial void NotRecovered(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Error, "GATEWAY_EXTERNAL_BACKENDS: {Name} is not installed. {Reason}")]
        public static partial void NotInstalled(ILogger logger, string name, string reason);
    }
}
