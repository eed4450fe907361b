using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Management.Docker;

namespace Gateway.Management.Galleries;

/// <summary>What a gallery's file comes to.</summary>
/// <param name="Entries">Those that can be read.</param>
/// <param name="Faults">What cannot, as <c>file:line:column: message</c>.</param>
internal sealed record GalleryContents(IReadOnlyList<GalleryEntry> Entries, IReadOnlyList<string> Faults);

/// <summary>Reads a gallery: a YAML list, in which one bad entry costs only itself.</summary>
internal sealed class GalleryReader
{
    private static readonly string[] Schemes = ["oci://", "docker://"];

    private readonly GallerySettings _gallery;
    private readonly List<YamlFault> _faults = [];

    private GalleryReader(GallerySettings gallery) => _gallery = gallery;

    public static GalleryContents Read(ReadOnlySpan<byte> bytes, GallerySettings gallery)
    {
        var reader = new GalleryReader(gallery);
        var entries = reader.ReadAll(YamlTree.Parse(bytes, reader._faults));
        return new GalleryContents(entries, [.. reader._faults.OrderBy(fault => fault.Place.Line).ThenBy(fault => fault.Place.Column).Select(fault => fault.Format(SettingParsers.WithoutSecrets(gallery.Url)))]);
    }

    private List<GalleryEntry> ReadAll(YamlNode? root)
    {
        var entries = new List<GalleryEntry>();
        if (root is not YamlList list)
        {
            if (root is not null)
            {
                _faults.Add(new YamlFault(root.Place, "", $"a gallery is a list of entries, and this is {root.Word}."));
            }

            return entries;
        }

        for (var i = 0; i < list.Items.Count; i++)
        {
            var path = YamlReading.Item("", i);
            if (list.Items[i] is not YamlMap map)
            {
                _faults.Add(new YamlFault(list.Items[i].Place, path, $"an entry is a map of names to values, and this is {list.Items[i].Word}. It is skipped."));
            }
            else if (ReadEntry(new GalleryFields(map, path, _faults)) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private GalleryEntry? ReadEntry(GalleryFields fields)
    {
        fields.ReportUnknown();
        var name = fields.Text("name") ?? "";
        if (!IsName(name))
        {
            fields.Fault("name", "an entry needs a name of at most 63 letters, digits, '-', '_' and '.', beginning with a letter or digit. It is skipped.");
            return null;
        }

        var entry = new GalleryEntry
        {
            Gallery = _gallery,
            Name = name,
            Description = fields.Text("description") ?? "",
            License = fields.Text("license"),
            Icon = fields.Text("icon"),
            Urls = fields.Texts("urls"),
            Tags = fields.Texts("tags"),
            Alias = fields.Text("alias"),
            Uri = fields.Text("uri") is { Length: > 0 } uri ? uri : null,
            Capabilities = fields.Pairs("capabilities"),
            Version = fields.Text("version"),
            Model = fields.Text("model"),
            Options = fields.Pairs("options"),
        };
        if (fields.Failed)
        {
            return null;
        }

        entry = entry.IsMeta ? entry with { Kind = KindOf(entry, fields, null)?.Id } : WithImage(entry, fields);
        return fields.Failed ? null : entry;
    }

    private static GalleryEntry WithImage(GalleryEntry entry, GalleryFields fields)
    {
        if (entry.Uri is null)
        {
            fields.Fault("uri", $"'{entry.Name}' has neither an image (uri) nor a choice among others (capabilities). It is skipped.");
            return entry;
        }

        var reference = Schemes.FirstOrDefault(scheme => entry.Uri.StartsWith(scheme, StringComparison.Ordinal)) is { } scheme ? entry.Uri[scheme.Length..] : entry.Uri;
        var image = ImageReference.Parse(reference);
        var profile = KindOf(entry, fields, image);
        return entry with
        {
            Image = image is null ? null : reference,
            Digest = Digest(fields) ?? image?.Digest,
            Version = entry.Version ?? image?.Tag,
            Kind = profile?.Id,
            Accelerator = AcceleratorOf(entry, fields, profile, image),
            Obstacle = Obstacle(image, profile),
        };
    }

    private static EngineProfile? KindOf(GalleryEntry entry, GalleryFields fields, ImageReference? image)
    {
        if (fields.Text("kind") is not { } kind)
        {
            return EngineGuess.Kind(image, [entry.Alias, entry.Name, .. entry.Tags]);
        }

        var profile = EngineGuess.Installable.FirstOrDefault(profile => profile.Id.Equals(kind, StringComparison.OrdinalIgnoreCase));
        if (profile is null)
        {
            var kinds = EngineGuess.Installable.Select(known => known.Id).ToArray();
            fields.Fault("kind", $"'{YamlReading.Shown(kind)}' is not an engine that can be installed; allowed: {string.Join(", ", kinds)}.{NearestName.Hint(kind, kinds)} The entry is skipped.");
        }

        return profile;
    }

    private static Accelerator AcceleratorOf(GalleryEntry entry, GalleryFields fields, EngineProfile? profile, ImageReference? image)
    {
        if (fields.Text("accelerator") is not { } word)
        {
            return EngineGuess.Computes(profile, image, [entry.Name, image?.ToString() ?? ""]);
        }

        if (Enum.TryParse<Accelerator>(word, ignoreCase: true, out var accelerator) && Enum.IsDefined(accelerator))
        {
            return accelerator;
        }

        fields.Fault("accelerator", "allowed: nvidia, amd, intel or cpu. The entry is skipped.");
        return Accelerator.Cpu;
    }

    private static string? Digest(GalleryFields fields)
    {
        if (fields.Text("sha256") is not { Length: > 0 } sum)
        {
            return null;
        }

        var digest = sum.StartsWith("sha256:", StringComparison.Ordinal) ? sum : "sha256:" + sum.ToLowerInvariant();
        if (ImageReference.IsDigest(digest))
        {
            return digest;
        }

        fields.Fault("sha256", "a digest has 64 hexadecimal digits. The entry is skipped.");
        return null;
    }

    private static string? Obstacle(ImageReference? image, EngineProfile? profile) => image is null
        ? "Its uri is not the name of a container image, and only those can be installed here."
        : profile is null
            ? $"The engine in it is unknown. In the gallery, set 'kind:' to one of {string.Join(", ", EngineGuess.Installable.Select(known => known.Id))}."
            : null;

    public static bool IsName(string name) =>
        name.Length is >= 1 and <= 63 && char.IsAsciiLetterOrDigit(name[0]) && name.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_' or '.');
}
