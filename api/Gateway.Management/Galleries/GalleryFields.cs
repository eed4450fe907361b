using Gateway.Core.Configuration;

namespace Gateway.Management.Galleries;

/// <summary>The values of one entry of a gallery, taken one by one; what is no such value is told with its place.</summary>
internal sealed class GalleryFields(YamlMap map, string path, List<YamlFault> faults)
{
    private const int Longest = 4096;

    /// <summary>Those of other programs' galleries have a meaning there and none here.</summary>
    private static readonly string[] Known =
    [
        "name", "description", "license", "icon", "urls", "url", "tags", "alias", "uri", "mirrors", "capabilities", "version", "sha256", "size", "files",
        "kind", "accelerator", "model", "options",
    ];

    public YamlPlace Place => map.Place;

    public string Path => path;

    /// <summary>Something in it makes it unusable.</summary>
    public bool Failed { get; private set; }

    public void Fault(string name, string message)
    {
        Failed = true;
        faults.Add(new YamlFault(Find(name)?.Place ?? map.Place, YamlReading.Member(path, name), message));
    }

    /// <summary>Tells of names that nobody reads. They make nothing unusable.</summary>
    public void ReportUnknown()
    {
        foreach (var pair in map.Pairs.Where(pair => !Known.Contains(pair.Key.Text)))
        {
            faults.Add(new YamlFault(pair.Key.Place, YamlReading.Member(path, pair.Key.Text), "this has no meaning in a gallery and is skipped." + NearestName.Hint(pair.Key.Text, Known)));
        }
    }

    public string? Text(string name)
    {
        switch (Find(name))
        {
            case null or YamlScalar { IsNull: true }:
                return null;
            case YamlScalar { Text.Length: <= Longest } scalar when !scalar.Text.Contains('\0', StringComparison.Ordinal):
                return scalar.Text.Trim();
            case YamlScalar:
                Fault(name, FormattableString.Invariant($"a text here has at most {Longest} characters."));
                return null;
            case { } other:
                Fault(name, $"a text is expected here, not {other.Word}.");
                return null;
        }
    }

    public IReadOnlyList<string> Texts(string name)
    {
        switch (Find(name))
        {
            case null or YamlScalar { IsNull: true }:
                return [];
            case YamlList list when list.Items.All(item => item is YamlScalar):
                return [.. list.Items.Cast<YamlScalar>().Select(item => item.Text)];
            default:
                Fault(name, "a list of texts is expected here.");
                return [];
        }
    }

    public IReadOnlyDictionary<string, string> Pairs(string name)
    {
        switch (Find(name))
        {
            case null or YamlScalar { IsNull: true }:
                return new Dictionary<string, string>();
            case YamlMap pairs when pairs.Pairs.All(pair => pair.Value is YamlScalar):
                // A name given twice is told by whoever parsed it; the first one counts.
                return pairs.Pairs.DistinctBy(pair => pair.Key.Text).ToDictionary(pair => pair.Key.Text, pair => ((YamlScalar)pair.Value).Text);
            default:
                Fault(name, "names with one text each are expected here.");
                return new Dictionary<string, string>();
        }
    }

    private YamlNode? Find(string name) => map.Pairs.FirstOrDefault(pair => pair.Key.Text == name)?.Value;
}
