using Gateway.Engines;

namespace Gateway.Management.Lifecycle;

/// <summary>How engines on a node are reached and where their folders are.</summary>
internal sealed record EnginePlace
{
    /// <summary>Only the node itself reaches ports that are published there.</summary>
    public const string Loopback = "127.0.0.1";

    /// <summary>The network that the gateway is on too; null: engines are published on a port of the node.</summary>
    public string? Network { get; init; }

    /// <summary>A network with a way out, for engines that fetch their weights; null where <see cref="Network"/> has one.</summary>
    public string? Egress { get; init; }

    /// <summary>The address of the node that published ports are open on.</summary>
    public string PublishOn { get; init; } = Loopback;

    /// <summary>The host under which the gateway reaches published ports.</summary>
    public string Host { get; init; } = Loopback;

    /// <summary>Others can reach the published ports too, so that engines need keys.</summary>
    public bool Open { get; init; }

    /// <summary>The folder on the node that holds the engines' folders; null: they are volumes.</summary>
    public string? Folders { get; init; }

    /// <summary>The gateway sees that folder under the same path.</summary>
    public bool SeesFolders { get; init; }

    /// <summary>As Docker takes it.</summary>
    public string Bind(EngineVolume volume) =>
        $"{(Folders is null ? $"gateway-{volume.HostFolder}" : Path.Combine(Folders, volume.HostFolder))}:{volume.ContainerPath}{(volume.ReadOnly ? ":ro" : "")}";

    /// <summary>A slot for a container.</summary>
    /// <param name="container">Name of the container.</param>
    /// <param name="inner">The port that the engine listens on.</param>
    /// <param name="port">A free port of the node; it counts only where ports are published.</param>
    public EngineSlot Slot(string container, int inner, int port) => Network is null
        ? new EngineSlot(port, null, new UriBuilder("http", Host, port, "/v1").Uri)
        : new EngineSlot(null, container, new UriBuilder("http", container, inner, "/v1").Uri);
}
