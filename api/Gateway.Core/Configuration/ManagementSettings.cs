using Gateway.Engines;

namespace Gateway.Core.Configuration;

/// <summary>What the operator's routes may do with engines.</summary>
public enum ManagementMode
{
    /// <summary>There are no such routes.</summary>
    Off,

    /// <summary>They list and watch, and change nothing.</summary>
    Read,

    /// <summary>They install, upgrade and remove engines.</summary>
    On,
}

/// <summary>A machine whose Docker Engine may be given engines.</summary>
/// <param name="Name">Lower-case name, used in paths.</param>
/// <param name="DockerHost"><c>unix:///…</c> or <c>tcp://host:port</c>.</param>
/// <param name="Accelerator">What it computes on; null: as its Docker Engine says.</param>
public sealed record NodeSettings(string Name, string DockerHost, Accelerator? Accelerator = null);

/// <summary>A list of engines that can be installed.</summary>
/// <param name="Name">What it is called in lists.</param>
/// <param name="Url">An http:// or https:// URL, or the path of a file.</param>
public sealed record GallerySettings(string Name, string Url);

/// <summary>An engine to be installed at the start.</summary>
/// <param name="Id">Name in a gallery, or an image.</param>
/// <param name="Model">The model it is started with; null: as <c>MODEL_NAME</c> says.</param>
public sealed record ExternalBackend(string Id, string? Model);

/// <summary>How engines are installed and looked after.</summary>
public sealed record ManagementSettings
{
    public ManagementMode Mode { get; init; }

    /// <summary>At least one. Without <c>GATEWAY_NODES</c> it is the gateway's own machine.</summary>
    public IReadOnlyList<NodeSettings> Nodes { get; init; } = [];

    /// <summary>Folder with <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c> for Docker Engines reached by <c>tcp://</c>; null: without TLS.</summary>
    public string? DockerCertPath { get; init; }

    /// <summary>File with the logins of registries, as Docker's <c>config.json</c>; null: none.</summary>
    public string? RegistryAuthFile { get; init; }

    /// <summary>In the order in which they are asked for a name; the built-in one comes after them.</summary>
    public IReadOnlyList<GallerySettings> Galleries { get; init; } = [];

    public IReadOnlyList<ExternalBackend> ExternalBackends { get; init; } = [];

    /// <summary>Folder for what must outlive the process: jobs, the journal of changes, the audit log.</summary>
    public string DataDirectory { get; init; } = "data/gateway";
}
