namespace Gateway.Management.Lifecycle;

/// <summary>What the lifecycle goes by.</summary>
public sealed record LifecycleOptions
{
    /// <summary>Folder for the journal.</summary>
    public required string DataFolder { get; init; }

    public required IReadOnlyList<EngineNode> Nodes { get; init; }

    /// <summary>Folder with the certificates for nodes reached by TCP; null: without TLS.</summary>
    public string? Certificates { get; init; }

    /// <summary>File with the logins of registries, as Docker's <c>config.json</c>; null: none.</summary>
    public string? RegistryAuthFile { get; init; }

    /// <summary>The gateway itself runs in a container.</summary>
    public bool InContainer { get; init; }

    /// <summary>How long a new engine may take to be ready; null: as its profile says.</summary>
    public TimeSpan? ReadyLimit { get; init; }

    /// <summary>How long the requests of an engine that is stopped or deleted may go on.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long those of an engine that is replaced may go on: no request lives longer.</summary>
    public TimeSpan LongestRequest { get; init; } = TimeSpan.FromHours(1);
}
