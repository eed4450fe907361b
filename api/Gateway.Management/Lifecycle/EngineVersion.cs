namespace Gateway.Management.Lifecycle;

/// <summary>Where an engine is reached. A version that takes another's place takes over its slot, so that requests which wait find it there.</summary>
/// <param name="Port">Port on the node; null where the engine is on the gateway's own network.</param>
/// <param name="Alias">Its name on that network; null where it is published.</param>
/// <param name="Address">Base URL of its API.</param>
public sealed record EngineSlot(int? Port, string? Alias, Uri Address);

/// <summary>One version of an installed engine: what was asked for, the image it came to, and its container.</summary>
public sealed record EngineVersion
{
    public required EngineRequest Request { get; init; }

    /// <summary>Name of its container, which nothing else has.</summary>
    public required string Container { get; init; }

    public required EngineSlot Slot { get; init; }

    /// <summary>What the container is made from: <c>repository@digest</c>, or the id of an image that no registry gave. Empty until it is known.</summary>
    public string Image { get; init; } = "";

    /// <summary>The image's digest in its registry, else its id. Empty until it is known.</summary>
    public string Digest { get; init; } = "";

    /// <summary>The reference by which it was asked for.</summary>
    public required string Reference { get; init; }

    /// <summary>The engine's own key, where it is open to a network.</summary>
    public string? ApiKey { get; init; }

    public required DateTimeOffset InstalledAt { get; init; }
}
