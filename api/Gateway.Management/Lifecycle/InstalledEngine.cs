using Gateway.Engines;

namespace Gateway.Management.Lifecycle;

/// <summary>An engine that the gateway has installed, as it is now.</summary>
public sealed record InstalledEngine
{
    public required EngineKey Key { get; init; }

    /// <summary>Id of the engine's profile.</summary>
    public required string Kind { get; init; }

    /// <summary>The image's reference as it was asked for.</summary>
    public required string Image { get; init; }

    /// <summary>Digest of the image in its registry (<c>sha256:…</c>); of an image that no registry gave, its id.</summary>
    public required string Digest { get; init; }

    public required Accelerator Accelerator { get; init; }

    public required EngineState State { get; init; }

    /// <summary>Why it is in that state, where that needs a word.</summary>
    public string? Reason { get; init; }

    /// <summary>It was stopped by hand and stays so until it is started.</summary>
    public bool Stopped { get; init; }

    /// <summary>It is being installed or deleted, so that nothing of it counts. Where nobody is at it any more, it goes as soon as its node answers.</summary>
    public bool Passing { get; init; }

    public string? Model { get; init; }

    /// <summary>Where the gateway reaches it; null while it has no address.</summary>
    public Uri? Address { get; init; }

    /// <summary>When this version was installed.</summary>
    public required DateTimeOffset InstalledAt { get; init; }

    /// <summary>Image and digest that it can be rolled back to; null where there are none.</summary>
    public string? PreviousImage { get; init; }

    public string? PreviousDigest { get; init; }

    /// <summary>As it came with the request.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
