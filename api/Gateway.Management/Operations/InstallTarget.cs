using Gateway.Core.Configuration;
using Gateway.Management.Galleries;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Operations;

/// <summary>What a request to install comes to.</summary>
internal static class InstallTarget
{
    /// <summary>The entry that is asked for: a gallery's, or one made of an image.</summary>
    public static (GalleryEntry? Entry, Gateway.Core.Errors.GatewayError? Fault) Find(GalleryCatalog catalog, InstallRequest request)
    {
        if (catalog.Find(request.Id) is { } entry)
        {
            return (entry, null);
        }

        var (image, fault) = ImageEntry.Of(request.Id, request.Name, request.Kind ?? request.Alias);
        return image is not null ? (image, null)
            : fault is not null ? (null, OperationError.Invalid("kind", fault))
            : (null, OperationError.NoEntry(YamlReading.Shown(request.Id), NearestName.Hint(request.Id, catalog.Entries.Select(known => known.Name))));
    }

    /// <summary>The engine as it is to be installed.</summary>
    /// <param name="defaults">Where the request says nothing.</param>
    /// <param name="metadata">What is kept with it.</param>
    /// <param name="entry">The entry that was asked for, and the one that it chose.</param>
    /// <param name="request">With the name that the engine gets.</param>
    public static EngineRequest Request(EngineDefaults defaults, Dictionary<string, string> metadata, (GalleryEntry Asked, GalleryEntry Chosen) entry, InstallRequest request) => new()
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
}
