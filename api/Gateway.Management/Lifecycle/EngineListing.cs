using Docker.DotNet.Models;
using Gateway.Engines;
using Gateway.Management.Docker;

namespace Gateway.Management.Lifecycle;

/// <summary>What is installed and how it is, from the journal, the nodes and the gateway's own probes.</summary>
internal sealed class EngineListing(EngineJournal journal, IEngineRoutes routes, IReadOnlyDictionary<string, EngineHost> hosts)
{
    public async Task<IReadOnlyList<InstalledEngine>> ListAsync(CancellationToken cancellationToken)
    {
        var records = journal.All.ToArray();
        var nodes = records.Select(record => record.Key.Node).Distinct();
        var containers = (await Task.WhenAll(nodes.Select(async node => (node, await LookAsync(node, cancellationToken))))).ToDictionary();
        return [.. records.Select(record => Describe(record, containers[record.Key.Node]))];
    }

    public async Task<InstalledEngine> ShowAsync(EngineRecord record, CancellationToken cancellationToken) =>
        Describe(record, await LookAsync(record.Key.Node, cancellationToken));

    public static async Task<NodeReport> ReportAsync(EngineHost host, CancellationToken cancellationToken)
    {
        try
        {
            var info = await host.Docker.InfoAsync(cancellationToken);
            return new NodeReport(host.Node)
            {
                Reachable = true,
                DockerVersion = info.ServerVersion,
                OperatingSystem = info.OSType,
                Architecture = info.Architecture,
                Cpus = (int)info.NCPU,
                MemoryBytes = info.MemTotal,
                Runtimes = [.. (info.Runtimes?.Keys ?? []).Order(StringComparer.Ordinal)],
                Devices = [.. (info.DiscoveredDevices ?? []).Select(device => device.ID).OfType<string>()],
            };
        }
        catch (DockerException e)
        {
            return new NodeReport(host.Node) { Reason = e.Message };
        }
    }

    private async Task<NodeView> LookAsync(string node, CancellationToken cancellationToken)
    {
        if (!hosts.TryGetValue(node, out var host))
        {
            return new NodeView(null, $"{node} is not among GATEWAY_NODES any more.");
        }

        try
        {
            return new NodeView(await host.ListAsync(cancellationToken), null);
        }
        catch (DockerException e)
        {
            return new NodeView(null, e.Message);
        }
    }

    private InstalledEngine Describe(EngineRecord record, NodeView node)
    {
        var version = record.Current ?? record.Operation!.Other!;
        var (state, reason) = StateOf(record, version, node);
        return new InstalledEngine
        {
            Key = record.Key,
            Kind = version.Request.Kind,
            Image = version.Reference,
            Digest = version.Digest,
            Accelerator = version.Request.Accelerator,
            State = state,
            Reason = reason,
            Stopped = record.Stopped,
            Passing = record.Current is null || record.Operation?.Kind == OperationKind.Delete,
            Model = version.Request.Model,
            Address = version.Slot.Address,
            InstalledAt = version.InstalledAt,
            PreviousImage = record.Previous?.Reference,
            PreviousDigest = record.Previous?.Digest,
            Metadata = version.Request.Metadata,
        };
    }

    private (EngineState State, string? Reason) StateOf(EngineRecord record, EngineVersion version, NodeView node)
    {
        if (record.Current is null)
        {
            return (Phase(record.Operation!.Phase), "It is being installed.");
        }

        if (node.Containers is not { } containers)
        {
            return (EngineState.Unreachable, node.Reason);
        }

        if (record.Operation?.Kind == OperationKind.Delete)
        {
            return (EngineState.Draining, "It is being deleted.");
        }

        if (record.Stopped)
        {
            return (EngineState.Absent, containers.ContainsKey(version.Container) ? "It is stopped." : "It is stopped, and has not run yet.");
        }

        return !containers.TryGetValue(version.Container, out var container) ? (EngineState.Absent, "Its container no longer exists: it was removed by another program.")
            : container.State != "running" ? (EngineState.Unreachable, $"Its container does not run: {container.Status}.")
            : (routes.Find(version.Slot.Address)?.State ?? EngineState.Starting, null);
    }

    private static EngineState Phase(LifecyclePhase phase) => phase switch
    {
        LifecyclePhase.Preflight or LifecyclePhase.Pulling => EngineState.Pulling,
        LifecyclePhase.Creating or LifecyclePhase.Starting => EngineState.Starting,
        LifecyclePhase.Loading or LifecyclePhase.Switching or LifecyclePhase.Done => EngineState.Loading,
        LifecyclePhase.Draining or LifecyclePhase.Removing or LifecyclePhase.RollingBack => EngineState.Draining,
        _ => throw new ArgumentOutOfRangeException(nameof(phase)),
    };

    private sealed record NodeView(IReadOnlyDictionary<string, ContainerListResponse>? Containers, string? Reason);
}
