using Gateway.Core.Configuration;
using Gateway.Management.Docker;
using Gateway.Management.Galleries;

namespace Gateway.Management.Operations;

/// <summary>An image that stands in no gallery, as if it stood in one.</summary>
internal static class ImageEntry
{
    private static readonly GallerySettings Source = new("none", "");

    /// <param name="text">What may be an image: it has a slash, a tag or a digest.</param>
    /// <param name="name">What it is to be called; null: as the last part of the repository.</param>
    /// <param name="kind">Which engine is in it; null: as the image tells.</param>
    /// <returns>The entry, or null: with the reason where it is an image.</returns>
    public static (GalleryEntry? Entry, string? Fault) Of(string text, string? name, string? kind)
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
