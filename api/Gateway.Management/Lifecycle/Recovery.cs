namespace Gateway.Management.Lifecycle;

/// <summary>Brings one engine from wherever its operation was interrupted to the old or to the new state, serving.</summary>
internal sealed class Recovery(EngineSteps steps, StopRun stops)
{
    public async Task RunAsync(EngineHost host, EngineRecord record, CancellationToken cancellationToken)
    {
        switch (record.Operation)
        {
            case { Kind: OperationKind.Delete }:
                await stops.RemoveAsync(host, record);
                return;
            case { Kind: OperationKind.Install }:
                await stops.RemoveAsync(host, record);
                return;
            case { Kind: OperationKind.Upgrade, Other: { } other }:
                // Before the switch it is the new version, from the switch on the old one: in both cases the one that does not count.
                await host.RemoveAsync(other.Container, cancellationToken);
                break;
        }

        var current = record.Current!;
        if (record.Stopped)
        {
            await host.StopAsync(current.Container, cancellationToken);
        }
        else
        {
            await steps.EnsureRunsAsync(host, record.Key, current, cancellationToken);
        }

        if (record.Operation is not null)
        {
            steps.Journal.Write(record with { Operation = null });
        }
    }
}
