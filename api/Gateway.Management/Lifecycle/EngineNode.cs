namespace Gateway.Management.Lifecycle;

/// <summary>A machine with a Docker Engine that may be given engines.</summary>
/// <param name="Id">Lower-case id, used in paths and labels; the gateway's own machine is <see cref="LocalId"/>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="DockerHost">Address of its Docker Engine as in <c>DOCKER_HOST</c>: <c>unix:///…</c> or <c>tcp://host:port</c>.</param>
public sealed record EngineNode(string Id, string Name, string DockerHost)
{
    public const string LocalId = "local";
}

/// <summary>What a node's Docker Engine says of itself. A node that is away is reported, never thrown.</summary>
public sealed record NodeReport(EngineNode Node)
{
    public bool Reachable { get; init; }

    /// <summary>Why it is not reachable. A sentence with the remedy.</summary>
    public string? Reason { get; init; }

    /// <summary>Version of its Docker Engine.</summary>
    public string? DockerVersion { get; init; }

    /// <summary>Such as <c>linux</c>.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>Such as <c>x86_64</c> or <c>aarch64</c>.</summary>
    public string? Architecture { get; init; }

    public int Cpus { get; init; }

    public long MemoryBytes { get; init; }

    /// <summary>Container runtimes; a runtime named <c>nvidia</c> means that GPUs of that maker can be asked for.</summary>
    public IReadOnlyList<string> Runtimes { get; init; } = [];

    /// <summary>Devices that the Docker Engine knows by name (CDI), such as <c>nvidia.com/gpu=0</c>.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];
}
