using Gateway.Engines;

namespace Gateway.Management.Lifecycle;

/// <summary>Installs an engine that is not there yet. Whatever fails, nothing of it is left.</summary>
internal sealed partial class InstallRun(EngineSteps steps, VersionPlan plan, ILogger logger)
{
    public async Task<EngineRecord> RunAsync(EngineHost host, EngineRequest request, OperationReport report, CancellationToken cancellationToken)
    {
        var key = new EngineKey(host.Node.Id, request.Name);
        report.Tell(LifecyclePhase.Preflight, $"Looking whether {request.Name} can be installed on {host.Node.Name}.");
        CheckName(key, request);
        var (version, image) = await plan.MakeAsync(host, request, null, null, cancellationToken);
        var record = new EngineRecord { Key = key };
        try
        {
            Keep(LifecyclePhase.Pulling);
            await ImageResolver.PullAsync(host, image, report, cancellationToken);
            Keep(LifecyclePhase.Creating);
            report.Tell(LifecyclePhase.Creating, $"Creating the container {version.Container}.");
            await steps.CreateAsync(host, key, version, cancellationToken);
            Keep(LifecyclePhase.Starting);
            report.Tell(LifecyclePhase.Starting, "Starting it.");
            await EngineSteps.StartAsync(host, version, cancellationToken);
            Keep(LifecyclePhase.Loading);
            await steps.WaitReadyAsync(host, version, report, cancellationToken);
            report.Tell(LifecyclePhase.Switching, "It is ready; requests may go to it.");
            record = steps.Journal.Write(new EngineRecord { Key = key, Current = version });
            await steps.PublishAsync(null, cancellationToken);
        }
        catch
        {
            await CleanAsync(host, key, version, report);
            throw;
        }

        report.Tell(LifecyclePhase.Done, $"{request.Name} is installed.");
        return record;

        void Keep(LifecyclePhase phase) => steps.Journal.Write(record with { Operation = new EngineOperation(OperationKind.Install, phase, version) });
    }

    /// <summary>As one that is stopped. Its image is known to be there, and is pulled when it is started.</summary>
    public async Task<EngineRecord> PrepareAsync(EngineHost host, EngineRequest request, CancellationToken cancellationToken)
    {
        var key = new EngineKey(host.Node.Id, request.Name);
        CheckName(key, request);
        var (version, _) = await plan.MakeAsync(host, request, null, null, cancellationToken);
        var record = steps.Journal.Write(new EngineRecord { Key = key, Current = version, Stopped = true });
        try
        {
            await steps.PublishAsync(null, cancellationToken);
        }
        catch
        {
            steps.Journal.Remove(key);
            throw;
        }

        // Nobody is to meet the port that nothing listens on yet.
        steps.Routes.Find(version.Slot.Address)?.Hold(EngineState.Absent);
        return record;
    }

    private void CheckName(EngineKey key, EngineRequest request)
    {
        if (steps.Journal.Find(key) is not null)
        {
            throw new LifecycleException(LifecycleReason.NameTaken, $"{key.Name} is installed on {key.Node} already: upgrade it, or choose another name.");
        }

        if (steps.Journal.All.FirstOrDefault(other => other.Key.Name == key.Name)?.Current is { } twin && (twin.Request.Kind != request.Kind || twin.Request.Model != request.Model))
        {
            throw new LifecycleException(LifecycleReason.NameTaken, $"{key.Name} is another engine or model on another node: engines of one name are replicas and must be alike.");
        }

        if (steps.Routes.IsTaken(key.Name))
        {
            throw new LifecycleException(LifecycleReason.NameTaken, $"{key.Name} is the name of a backend in the settings: choose another name.");
        }
    }

    private async Task CleanAsync(EngineHost host, EngineKey key, EngineVersion version, OperationReport report)
    {
        report.Tell(LifecyclePhase.RollingBack, "It failed: removing what was made.");
        try
        {
            steps.Journal.Write(new EngineRecord { Key = key, Operation = new EngineOperation(OperationKind.Install, LifecyclePhase.RollingBack, version) });
            await steps.PublishAsync(null, CancellationToken.None);
            await host.RemoveAsync(version.Container, CancellationToken.None);
            steps.Journal.Remove(key);
        }
        catch (Exception e) when (LifecycleErrors.IsExpected(e))
        {
            // It stays in the journal, and is removed when that is possible.
            Log.Left(logger, key, LifecycleErrors.Of(e).Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What was made for {Engine} could not be removed yet: {Reason}")]
        public static partial void Left(ILogger logger, EngineKey engine, string reason);
    }
}
