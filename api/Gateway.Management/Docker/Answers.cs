using System.Text.Json.Serialization;

namespace Gateway.Management.Docker;

/// <summary><c>GET /version</c>.</summary>
internal sealed record VersionAnswer(string? Version, string? ApiVersion, string? MinAPIVersion);

/// <summary><c>GET /info</c>.</summary>
internal sealed record InfoAnswer
{
    public string? ServerVersion { get; init; }

    public string? OSType { get; init; }

    public string? Architecture { get; init; }

    public string? DockerRootDir { get; init; }

    public int NCPU { get; init; }

    public long MemTotal { get; init; }

    public Dictionary<string, RuntimeAnswer>? Runtimes { get; init; }

    public DeviceAnswer[]? DiscoveredDevices { get; init; }
}

/// <summary>A container runtime; only its name matters.</summary>
internal sealed record RuntimeAnswer;

/// <summary>A device that the Docker Engine can hand to a container by name.</summary>
internal sealed record DeviceAnswer(string? Source, string? ID);

/// <summary>What every failed call says.</summary>
internal sealed record ErrorAnswer([property: JsonPropertyName("message")] string? Message);

/// <summary>One line of a pull.</summary>
internal sealed record PullMessage
{
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    /// <summary>Of the layer; null where it is about the image.</summary>
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("progressDetail")]
    public PullDetail? Detail { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }
}

/// <summary>How far a layer is, in bytes.</summary>
internal sealed record PullDetail([property: JsonPropertyName("current")] long Current, [property: JsonPropertyName("total")] long Total);

/// <summary><c>GET /images/{name}/json</c>.</summary>
internal sealed record ImageAnswer
{
    public required string Id { get; init; }

    /// <summary><c>repository@digest</c>, of every registry that it was pulled from or pushed to.</summary>
    public string[]? RepoDigests { get; init; }

    public long Size { get; init; }
}

/// <summary><c>GET /distribution/{name}/json</c>: what the registry says of an image.</summary>
internal sealed record DistributionAnswer(DescriptorAnswer? Descriptor);

/// <summary>The image's manifest in its registry.</summary>
internal sealed record DescriptorAnswer([property: JsonPropertyName("digest")] string? Digest, [property: JsonPropertyName("size")] long Size);

/// <summary>A container in a list.</summary>
internal sealed record ContainerSummary
{
    public required string Id { get; init; }

    public string[]? Names { get; init; }

    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>Such as <c>running</c> or <c>exited</c>.</summary>
    public string? State { get; init; }

    /// <summary>The same for people, such as <c>Exited (1) 3 seconds ago</c>.</summary>
    public string? Status { get; init; }
}

/// <summary><c>GET /containers/{id}/json</c>.</summary>
internal sealed record ContainerAnswer
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Id of its image.</summary>
    public string? Image { get; init; }

    public int RestartCount { get; init; }

    public required ContainerState State { get; init; }

    public required ContainerConfig Config { get; init; }

    public NetworkSettings? NetworkSettings { get; init; }

    public MountAnswer[]? Mounts { get; init; }
}

/// <summary>Whether it runs, and how it ended when it does not.</summary>
internal sealed record ContainerState
{
    public string? Status { get; init; }

    public bool Running { get; init; }

    public bool OOMKilled { get; init; }

    public int ExitCode { get; init; }

    public string? Error { get; init; }
}

/// <summary>What it was made with, as far as it matters here.</summary>
internal sealed record ContainerConfig(Dictionary<string, string>? Labels, bool Tty);

/// <summary>Its networks by name.</summary>
internal sealed record NetworkSettings(Dictionary<string, EndpointAnswer>? Networks);

/// <summary>Its place on a network.</summary>
internal sealed record EndpointAnswer(string? NetworkID, string? IPAddress);

/// <summary>A folder of the host or a volume inside it.</summary>
internal sealed record MountAnswer(string? Type, string? Source, string? Destination);

/// <summary><c>POST /containers/create</c>.</summary>
internal sealed record CreatedAnswer(string Id);

/// <summary>A network in a list.</summary>
internal sealed record NetworkSummary(string Id, string Name, bool Internal, Dictionary<string, string>? Labels);
