using Gateway.Core.Configuration;
using Gateway.Engines;

namespace Gateway.Management.Galleries;

/// <summary>Something that a gallery offers: an image of an engine, or a choice among images by what a node computes on.</summary>
public sealed record GalleryEntry
{
    public required GallerySettings Gallery { get; init; }

    /// <summary>Unique over all galleries; upper and lower case are the same.</summary>
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public string? License { get; init; }

    public string? Icon { get; init; }

    public IReadOnlyList<string> Urls { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string? Alias { get; init; }

    /// <summary>The image as the gallery writes it; null in an entry that is a choice.</summary>
    public string? Uri { get; init; }

    /// <summary>By what a node computes on (<c>nvidia</c>, <c>amd</c>, <c>intel</c>, <c>cpu</c>, <c>default</c>…): the name of another entry.</summary>
    public IReadOnlyDictionary<string, string> Capabilities { get; init; } = new Dictionary<string, string>();

    /// <summary>The image's reference, without a scheme before it; null where there is none that could be pulled.</summary>
    public string? Image { get; init; }

    /// <summary>The digest that the image must have; null: any.</summary>
    public string? Digest { get; init; }

    /// <summary>Version as the gallery says it, else the image's tag.</summary>
    public string? Version { get; init; }

    /// <summary>Id of the engine's profile; null where nothing tells which engine it is.</summary>
    public string? Kind { get; init; }

    public Accelerator Accelerator { get; init; } = Accelerator.Cpu;

    /// <summary>The model it is started with where the request names none.</summary>
    public string? Model { get; init; }

    /// <summary>Options by the variables of the engine's profile.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Why it cannot be installed here; null: it can. A sentence.</summary>
    public string? Obstacle { get; init; }

    /// <summary>It is a choice among other entries.</summary>
    public bool IsMeta => Capabilities.Count > 0 && Uri is null;
}
