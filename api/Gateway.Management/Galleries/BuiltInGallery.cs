using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Management.Docker;

namespace Gateway.Management.Galleries;

/// <summary>The gallery that needs no file: every engine with a container, for everything it computes on, and a choice among these.</summary>
internal static class BuiltInGallery
{
    public static GallerySettings Source { get; } = new("built-in", "builtin:");

    public static IReadOnlyList<GalleryEntry> Entries { get; } = [.. EngineGuess.Installable.SelectMany(Of)];

    public static string Word(Accelerator accelerator) => accelerator.ToString().ToLowerInvariant();

    private static IEnumerable<GalleryEntry> Of(EngineProfile profile)
    {
        var images = profile.Deployment.Container!.Images;
        var choice = images.Keys.ToDictionary(Word, accelerator => Concrete(profile, accelerator));
        if (images.ContainsKey(Accelerator.Cpu))
        {
            choice["default"] = Concrete(profile, Accelerator.Cpu);
        }

        yield return new GalleryEntry
        {
            Gallery = Source,
            Name = profile.Id,
            Alias = profile.Id,
            Description = profile.Summary,
            Urls = [profile.Docs],
            Tags = [.. images.Keys.Select(Word)],
            Capabilities = choice,
            Kind = profile.Id,
        };
        foreach (var (accelerator, image) in images)
        {
            yield return new GalleryEntry
            {
                Gallery = Source,
                Name = Concrete(profile, accelerator),
                Alias = profile.Id,
                Description = profile.Summary,
                Urls = [profile.Docs],
                Tags = [Word(accelerator)],
                Uri = image,
                Image = image,
                Digest = ImageReference.Parse(image)?.Digest,
                Version = ImageReference.Parse(image)?.Tag,
                Kind = profile.Id,
                Accelerator = accelerator,
            };
        }
    }

    private static string Concrete(EngineProfile profile, Accelerator accelerator) => $"{Word(accelerator)}-{profile.Id}";
}
