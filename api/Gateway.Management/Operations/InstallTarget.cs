using Gateway.Core.Configuration;
using Gateway.Management.Docker;
using Gateway.Management.Galleries;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Operations;

/// <summary>What a request to install comes to.</summary>
internal static class InstallTarget
{
    private static readonly GallerySettings Source = new("none", "");

    /// <summary>The entry that is asked for: a gallery's, or one made of an image.</summary>
    public static (GalleryEntry? Entry, Gateway.Core.Errors.GatewayError? Fault) Find(GalleryCatalog catalog, OperationRequest request)
    {
        if (catalog.Find(request.Id!) is { } entry)
        {
            return (entry, null);
        }

        var (image, fault) = OfImage(request.Id!, request.Name, request.Kind ?? request.Alias);
        return image is not null ? (image, null)
            : fault is not null ? (null, OperationError.Invalid("kind", fault))
            : (null, OperationError.NoEntry(YamlReading.Shown(request.Id!), NearestName.Hint(request.Id!, catalog.Entries.Select(known => known.Name))));
    }

    /// <summary>The engine as it is to be installed.</summary>
    /// <param name="defaults">Where the request says nothing.</param>
    /// <param name="metadata">What is kept with it.</param>
    /// <param name="entry">The entry that was asked for, and the one that it chose.</param>
    /// <param name="request">With the name that the engine gets.</param>
    public static EngineRequest Request(EngineDefaults defaults, Dictionary<string, string> metadata, (GalleryEntry Asked, GalleryEntry Chosen) entry, OperationRequest request) => new()
    {
        Name = request.Name!,
        Kind = entry.Chosen.Kind!,
        Image = entry.Chosen.Image,
        Digest = entry.Chosen.Digest,
        Accelerator = entry.Chosen.Accelerator,
        Model = request.Model ?? entry.Chosen.Model ?? entry.Asked.Model ?? defaults.Model,
        Options = defaults.Options(entry.Chosen.Kind!, entry.Chosen.Options, request.Options),
        Metadata = metadata,
    };

    /// <summary>An image that is in no gallery, as if it were in one.</summary>
    /// <param name="text">What may be an image: it has a slash, a tag or a digest.</param>
    /// <param name="name">What it is to be called; null: as the last part of the repository.</param>
    /// <param name="kind">Which engine is in it; null: as the image tells.</param>
    /// <returns>The entry, or null: with the reason where it is an image.</returns>
    private static (GalleryEntry? Entry, string? Fault) OfImage(string text, string? name, string? kind)
    {
        var reference = text.StartsWith("oci://", StringComparison.Ordinal) ? text[6..] : text.StartsWith("docker://", StringComparison.Ordinal) ? text[9..] : text;
        if (reference.AsSpan().IndexOfAny("/:@") < 0 || ImageReference.Parse(reference) is not { } image)
        {
            return (null, null);
        }

        var profile = (kind is null ? null : EngineGuess.Kind(null, [kind])) ?? EngineGuess.Kind(image, [name]);
        return profile is null
            ? (null, $"Nothing says which engine is in {reference}. Add \"kind\" with one of {string.Join(", ", EngineGuess.Installable.Select(known => known.Id))}.")
            : (new GalleryEntry
            {
                Gallery = Source,
                Name = name ?? image.Repository.Split('/')[^1],
                Uri = text,
                Image = reference,
                Digest = image.Digest,
                Version = image.Tag,
                Kind = profile.Id,
                Accelerator = EngineGuess.Computes(profile, image, [reference]),
            }, null);
    }
}
