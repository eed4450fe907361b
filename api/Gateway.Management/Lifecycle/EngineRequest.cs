using Gateway.Engines;

namespace Gateway.Management.Lifecycle;

/// <summary>What is to be installed.</summary>
public sealed record EngineRequest
{
    /// <summary>Name of the installed engine and of the backend that it becomes: lower-case letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, at most 63.</summary>
    public required string Name { get; init; }

    /// <summary>Id of the engine's profile.</summary>
    public required string Kind { get; init; }

    /// <summary>Image reference, with a tag, a digest (<c>name@sha256:…</c>) or both; null: the profile's image for the accelerator.</summary>
    public string? Image { get; init; }

    /// <summary>The digest that the image must have; null: any. Another one found is <see cref="LifecycleReason.DigestMismatch"/>.</summary>
    public string? Digest { get; init; }

    /// <summary>What the container computes on.</summary>
    public Accelerator Accelerator { get; init; } = Accelerator.Cpu;

    /// <summary>What <c>MODEL_NAME</c> is to this engine; null where it is started without.</summary>
    public string? Model { get; init; }

    /// <summary>Options by the variables that the profile declares. A secret one reaches the container and nothing else.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The two versions of an upgrade do not fit beside each other, as on one GPU: the old one is stopped first. Null: as the accelerator suggests.</summary>
    public bool? InPlace { get; init; }

    /// <summary>What whoever asked wants kept with it, such as the gallery's address, alias and version. No secrets.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
