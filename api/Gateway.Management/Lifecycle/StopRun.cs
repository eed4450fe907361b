using Gateway.Engines;

namespace Gateway.Management.Lifecycle;

/// <summary>Takes an engine out of routing, lets its requests finish, and stops it; or removes it for good; or starts it again.</summary>
internal sealed class StopRun(EngineSteps steps, LifecycleOptions options)
{
    public async Task<EngineRecord> StopAsync(EngineHost host, EngineRecord record, OperationReport report, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var traffic = steps.Routes.Find(record.Current!.Slot.Address);
        record = steps.Journal.Write(record with { Stopped = true });
        await LeaveAsync(host, record, traffic, report);
        report.Tell(LifecyclePhase.Done, $"{record.Key.Name} is stopped.");
        return record;
    }

    public async Task<EngineRecord> StartAsync(EngineHost host, EngineRecord record, OperationReport report, CancellationToken cancellationToken)
    {
        report.Tell(LifecyclePhase.Starting, $"Starting {record.Key.Name}.");
        try
        {
            await EngineSteps.FetchAsync(host, record.Current!, report, cancellationToken);
            await steps.EnsureRunsAsync(host, record.Key, record.Current!, cancellationToken);
            await steps.WaitReadyAsync(host, record.Current!, report, cancellationToken);
        }
        catch when (record.Stopped)
        {
            await host.StopAsync(record.Current!.Container, CancellationToken.None);
            throw;
        }

        record = steps.Journal.Write(record with { Stopped = false });
        await steps.PublishAsync(null, CancellationToken.None);
        steps.Routes.Find(record.Current!.Slot.Address)?.Release();
        report.Tell(LifecyclePhase.Done, $"{record.Key.Name} is ready.");
        return record;
    }

    public async Task DeleteAsync(EngineHost host, EngineRecord record, OperationReport report, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var traffic = record.Current is { } current ? steps.Routes.Find(current.Slot.Address) : null;
        record = steps.Journal.Write(record with { Operation = new EngineOperation(OperationKind.Delete, LifecyclePhase.Draining, record.Operation?.Other) });
        await LeaveAsync(host, record, traffic, report);
        report.Tell(LifecyclePhase.Removing, "Removing its container.");
        await RemoveAsync(host, record);
        report.Tell(LifecyclePhase.Done, $"{record.Key.Name} is deleted.");
    }

    /// <summary>Removes every container of an engine, and its record.</summary>
    public async Task RemoveAsync(EngineHost host, EngineRecord record)
    {
        foreach (var version in new[] { record.Current, record.Operation?.Other })
        {
            if (version is not null)
            {
                await host.RemoveAsync(version.Container, CancellationToken.None);
            }
        }

        steps.Journal.Remove(record.Key);
    }

    private async Task LeaveAsync(EngineHost host, EngineRecord record, IEngineTraffic? traffic, OperationReport report)
    {
        var staysRouted = record.Serves(steps.IsOnDemand(record.Key.Name));
        if (staysRouted)
        {
            traffic?.Hold(EngineState.Absent);
        }

        await steps.PublishAsync(null, CancellationToken.None);
        if (traffic is not null)
        {
            report.Tell(LifecyclePhase.Draining, "It finishes its running requests.");
            // Nobody has decided to end its requests where it only makes way for another.
            await traffic.DrainAsync(staysRouted ? options.LongestRequest : options.Drain, CancellationToken.None);
        }

        if (record.Current is { } version)
        {
            await host.StopAsync(version.Container, CancellationToken.None);
        }
    }
}
