using System.Buffers;
using Gateway.Engines;
using Gateway.Management.Docker;

namespace Gateway.Management.Galleries;

/// <summary>Which engine is in an image, and what it computes on, where nobody says so: told by the profiles' own images and by the words in names.</summary>
internal static class EngineGuess
{
    private static readonly SearchValues<char> Separators = SearchValues.Create("-_./:@ ");

    private static readonly (string Word, Accelerator Accelerator)[] Words =
    [
        ("nvidia", Accelerator.Nvidia), ("cuda", Accelerator.Nvidia),
        ("rocm", Accelerator.Amd), ("amd", Accelerator.Amd), ("hip", Accelerator.Amd), ("hipblas", Accelerator.Amd),
        ("intel", Accelerator.Intel), ("sycl", Accelerator.Intel), ("xpu", Accelerator.Intel),
        ("cpu", Accelerator.Cpu),
    ];

    /// <summary>Engines that have a container.</summary>
    public static IEnumerable<EngineProfile> Installable => EngineCatalog.All.Where(profile => profile.Deployment.Container is not null);

    /// <param name="image">The image, without digest.</param>
    /// <param name="names">Names, aliases and tags that may be the engine's id.</param>
    public static EngineProfile? Kind(ImageReference? image, IEnumerable<string?> names) =>
        Installable.FirstOrDefault(profile => image is not null && profile.Deployment.Container!.Images.Values.Any(own => Repository(own) == Short(image.Repository)))
        ?? names.Select(name => name is null ? null : Installable.FirstOrDefault(profile => profile.Id.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(profile => profile is not null);

    public static Accelerator Computes(EngineProfile? profile, ImageReference? image, IEnumerable<string> names)
    {
        if (profile is not null && image is not null)
        {
            var exact = profile.Deployment.Container!.Images.Where(own => ImageReference.Parse(own.Value) is { } parsed && parsed.Tag == image.Tag && Short(parsed.Repository) == Short(image.Repository)).ToArray();
            if (exact.Length == 1)
            {
                return exact[0].Key;
            }
        }

        var words = names.SelectMany(Split).ToArray();
        return Words.Where(known => words.Any(word => word.TrimEnd("0123456789".ToCharArray()) == known.Word)).Select(known => known.Accelerator).FirstOrDefault(Accelerator.Cpu);
    }

    /// <summary>The same repository is written with and without the registry that holds when none is named.</summary>
    private static string Short(string repository)
    {
        const string Registry = "docker.io/";
        return repository.StartsWith(Registry, StringComparison.Ordinal) ? repository[Registry.Length..] : repository;
    }

    private static string? Repository(string image) => ImageReference.Parse(image) is { } parsed ? Short(parsed.Repository) : null;

    private static IEnumerable<string> Split(string name)
    {
        var start = 0;
        for (var i = 0; i <= name.Length; i++)
        {
            if (i == name.Length || Separators.Contains(name[i]))
            {
                yield return name[start..i].ToLowerInvariant();
                start = i + 1;
            }
        }
    }
}
