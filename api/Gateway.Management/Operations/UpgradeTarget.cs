using Gateway.Management.Docker;
using Gateway.Management.Galleries;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Operations;

/// <summary>What an engine would be upgraded to.</summary>
/// <param name="Image">The image.</param>
/// <param name="Digest">The digest that it must have; null: any.</param>
/// <param name="Uri">As the gallery writes it; null: in no gallery.</param>
/// <param name="Version">What people call it.</param>
/// <param name="Fault">Why there is none.</param>
internal sealed record UpgradeTarget(string Image, string? Digest, string? Uri, string? Version, string? Fault = null)
{
    /// <summary>What the request says, else what the gallery that it came from has now, else what its own tag means now.</summary>
    public static UpgradeTarget Of(InstalledEngine engine, OperationRequest request, GalleryCatalog catalog)
    {
        if (request.Uri is { } image)
        {
            return Exactly(image);
        }

        if (request.Version is { } version && ImageReference.Parse(engine.Image) is { } own)
        {
            return Exactly($"{own.Repository}:{version}");
        }

        return Of(engine, catalog);
    }

    public static UpgradeTarget Of(InstalledEngine engine, GalleryCatalog catalog)
    {
        var asked = (EngineMetadata.MetaOf(engine) ?? EngineMetadata.EntryOf(engine)) is { } name ? catalog.Find(name) : null;
        if (asked is not null && catalog.Resolve(asked, engine.Accelerator).Entry is { } entry && entry.Kind == engine.Kind)
        {
            return new UpgradeTarget(entry.Image!, entry.Digest, entry.Uri, entry.Version);
        }

        // A digest never means anything else; without it, its tag may.
        var reference = ImageReference.Parse(engine.Image);
        return reference?.Tag is null ? new UpgradeTarget(engine.Image, reference?.Digest, null, null) : new UpgradeTarget($"{reference.Repository}:{reference.Tag}", null, null, reference.Tag);
    }

    private static UpgradeTarget Exactly(string image) => ImageReference.Parse(image) is { } reference
        ? new UpgradeTarget(image, reference.Digest, image, reference.Tag)
        : new UpgradeTarget(image, null, null, null, $"'{image}' is not the name of a container image.");
}
