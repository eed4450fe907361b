using Gateway.Engines;
using Gateway.Management.Nodes;

namespace Gateway.Management.Galleries;

/// <summary>All galleries' entries under their names. The first gallery that has a name keeps it.</summary>
public sealed class GalleryCatalog
{
    private readonly Dictionary<string, GalleryEntry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="galleries">In their order.</param>
    public GalleryCatalog(IEnumerable<IReadOnlyList<GalleryEntry>> galleries)
    {
        var warnings = new List<string>();
        foreach (var entry in galleries.SelectMany(entries => entries))
        {
            if (!_entries.TryAdd(entry.Name, entry))
            {
                var first = _entries[entry.Name].Gallery.Name;
                warnings.Add($"'{entry.Name}' of the gallery {entry.Gallery.Name} is skipped: {(first == entry.Gallery.Name ? "it is listed twice" : $"the gallery {first} has an entry with that name")}.");
            }
        }

        Warnings = warnings;
    }

    public static GalleryCatalog BuiltIn { get; } = new([BuiltInGallery.Entries]);

    /// <summary>In the galleries' order.</summary>
    public IReadOnlyCollection<GalleryEntry> Entries => _entries.Values;

    /// <summary>Names that came twice. Sentences.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <param name="id">A name, or <c>gallery@name</c>.</param>
    public GalleryEntry? Find(string id)
    {
        var at = id.IndexOf('@', StringComparison.Ordinal);
        return _entries.GetValueOrDefault(id)
            ?? (at > 0 && _entries.GetValueOrDefault(id[(at + 1)..]) is { } entry && entry.Gallery.Name.Equals(id[..at], StringComparison.OrdinalIgnoreCase) ? entry : null);
    }

    /// <summary>The choice that this entry is one of; null: none.</summary>
    public GalleryEntry? MetaOf(GalleryEntry concrete) =>
        Entries.FirstOrDefault(entry => entry.IsMeta && entry.Capabilities.Values.Contains(concrete.Name, StringComparer.OrdinalIgnoreCase));

    /// <summary>The entry to install on a node: the entry itself, or the one that it chooses for that node.</summary>
    /// <returns>The entry, or null with a sentence that says why there is none.</returns>
    public (GalleryEntry? Entry, string? Fault) Resolve(GalleryEntry entry, Accelerator accelerator)
    {
        if (!entry.IsMeta)
        {
            return entry.Obstacle is null ? (entry, null) : (null, $"'{entry.Name}' cannot be installed. {entry.Obstacle}");
        }

        foreach (var key in NodeHardware.Capabilities(accelerator))
        {
            if (entry.Capabilities.TryGetValue(key, out var name) && name.Length > 0)
            {
                return Find(name) is { IsMeta: false } chosen
                    ? Resolve(chosen, accelerator)
                    : (null, $"'{entry.Name}' selects '{name}' for {key}, but no gallery has an image with that name.");
            }
        }

        return (null, $"'{entry.Name}' has no image for a node with the hardware {BuiltInGallery.Word(accelerator)}: there are images for {string.Join(", ", entry.Capabilities.Keys.Order())}.");
    }
}
