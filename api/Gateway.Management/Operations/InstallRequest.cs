namespace Gateway.Management.Operations;

/// <summary>An engine that somebody wants.</summary>
public sealed record InstallRequest
{
    /// <summary>Name of a gallery's entry, or an image.</summary>
    public required string Id { get; init; }

    /// <summary>Installs it anew where it is installed.</summary>
    public bool Force { get; init; }

    /// <summary>What it is to be called; null: as the entry.</summary>
    public string? Name { get; init; }

    public string? Alias { get; init; }

    /// <summary>Id of the engine's profile, for an image that tells nothing of it.</summary>
    public string? Kind { get; init; }

    public string? Model { get; init; }

    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The one node that it is for; null: all of them.</summary>
    public string? Node { get; init; }

    public required string Who { get; init; }
}

/// <summary>Another version of an installed engine.</summary>
/// <param name="Name">Which engine.</param>
/// <param name="Who">Name of the key that asked.</param>
public sealed record UpgradeRequest(string Name, string Who)
{
    /// <summary>The image to take; null: what the gallery has now.</summary>
    public string? Image { get; init; }

    /// <summary>The tag to take of the image that is there; null: what the gallery has now.</summary>
    public string? Version { get; init; }

    public string? Model { get; init; }

    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The one node that it is for; null: all that have the engine.</summary>
    public string? Node { get; init; }
}

/// <summary>A job, or the error that is answered instead.</summary>
public sealed record OperationResult(Jobs.JobRecord? Job, Gateway.Core.Errors.GatewayError? Error)
{
    /// <summary>The entry that fits every node; set where one for a single kind of hardware was asked for in a fleet.</summary>
    public string? MetaAlternative { get; init; }

    public static OperationResult Of(Gateway.Core.Errors.GatewayError error) => new(null, error);
}
