using System.Net;
using System.Text.RegularExpressions;
using Docker.DotNet.Models;

namespace Gateway.Management.Lifecycle;

/// <summary>
/// Finds out how engines on a node can be reached: on the network of the gateway's own container, on the loopback address of
/// its machine, or on the address of another machine.
/// </summary>
internal sealed partial class PlaceFinder(string owner, string dataFolder, bool inContainer)
{
    /// <summary>Begins the name of the network by which engines fetch their weights.</summary>
    public const string EgressPrefix = "gateway-downloads-";

    private const string Shared = "data";

    /// <summary>Docker's own networks, where no engine belongs.</summary>
    public static string[] BuiltIn { get; } = ["bridge", "host", "none", "default"];

    public async Task<EnginePlace> FindAsync(EngineHost host, CancellationToken cancellationToken)
    {
        if (!host.Address.IsLocal)
        {
            var name = host.Address.Base.Host;
            return new EnginePlace { Host = name, PublishOn = IPAddress.TryParse(name, out _) ? name : "0.0.0.0", Open = true };
        }

        if (!inContainer)
        {
            var folders = Path.GetFullPath(IsShared(dataFolder) ? Path.GetDirectoryName(Path.GetFullPath(dataFolder))! : dataFolder);
            return new EnginePlace { Folders = folders, SeesFolders = true };
        }

        var self = await FindSelfAsync(host, cancellationToken)
            ?? throw new LifecycleException(LifecycleReason.NoRoom, "The gateway runs in a container that this Docker Engine does not know: give it the socket of the Docker Engine that it runs on.");
        return await InContainerAsync(host, self, cancellationToken);
    }

    private async Task<EnginePlace> InContainerAsync(EngineHost host, ContainerInspectResponse self, CancellationToken cancellationToken)
    {
        var networks = new List<NetworkResponse>();
        foreach (var (name, endpoint) in self.NetworkSettings?.Networks ?? new Dictionary<string, EndpointSettings>())
        {
            if (!BuiltIn.Contains(name) && await host.Docker.FindNetworkAsync(endpoint.NetworkID is { Length: > 0 } id ? id : name, cancellationToken) is { } network)
            {
                networks.Add(network);
            }
        }

        // A network that leads nowhere keeps the engines apart from everything else.
        var chosen = networks.OrderByDescending(network => network.Internal).ThenBy(network => network.Name, StringComparer.Ordinal).FirstOrDefault()
            ?? throw new LifecycleException(LifecycleReason.NoRoom, "The gateway's container is only on Docker's default network, where engines cannot be found by name: put it on a network of its own. Behind the Docker proxy, its container also needs the label " + EngineLabels.Self + ".");
        var folders = HostFolder(self);
        return new EnginePlace { Network = chosen.Name, Egress = chosen.Internal ? await EgressAsync(host, cancellationToken) : null, Folders = folders };
    }

    // What the gateway keeps for itself lies beside the engines' folders where it is one of them.
    private static bool IsShared(string folder)
    {
        var whole = Path.GetFullPath(folder).TrimEnd('/');
        return Path.GetFileName(Path.GetDirectoryName(whole)) == Shared;
    }

    private string? HostFolder(ContainerInspectResponse self)
    {
        var data = Path.GetFullPath(dataFolder).TrimEnd('/');
        var mount = (self.Mounts ?? []).FirstOrDefault(mount => mount is { Type: "bind", Source: not null } && mount.Destination?.TrimEnd('/') == data);
        return mount?.Source is not { } source ? null : IsShared(source) ? Path.GetDirectoryName(source.TrimEnd('/')) : source;
    }

    private async Task<string> EgressAsync(EngineHost host, CancellationToken cancellationToken)
    {
        var ours = await host.Docker.ListNetworksAsync(EngineLabels.Filter(owner), cancellationToken);
        if (ours is [var known, ..])
        {
            return known.Name;
        }

        var name = $"{EgressPrefix}{owner}";
        await host.Docker.CreateNetworkAsync(new() { Name = name, Driver = "bridge", Labels = new Dictionary<string, string> { [EngineLabels.Managed] = owner } }, cancellationToken);
        return name;
    }

    private static async Task<ContainerInspectResponse?> FindSelfAsync(EngineHost host, CancellationToken cancellationToken)
    {
        foreach (var id in SelfIds())
        {
            if (await host.Docker.FindContainerAsync(id, cancellationToken) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    // The kernel tells the id by the files that Docker mounts; the host's name may have been chosen by somebody.
    private static IEnumerable<string> SelfIds()
    {
        const string Mounts = "/proc/self/mountinfo";
        var ids = File.Exists(Mounts) ? ContainerId().Matches(File.ReadAllText(Mounts)).Select(match => match.Groups[1].Value).Distinct().ToArray() : [];
        return [.. ids, Environment.MachineName];
    }

    [GeneratedRegex("/containers/([0-9a-f]{64})/")]
    private static partial Regex ContainerId();
}
