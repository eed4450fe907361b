namespace Gateway.Core.Configuration;

/// <summary>Gathers the lines of a map: none twice, and those that <c>&lt;&lt;</c> takes over from another map.</summary>
internal sealed class YamlPairs(List<YamlFault> faults)
{
    private const string Merge = "<<";

    private readonly List<YamlPair> _own = [];
    private readonly List<YamlNode> _merged = [];
    private readonly Dictionary<string, YamlPlace> _places = new(StringComparer.Ordinal);

    public void Add(YamlScalar key, YamlNode value)
    {
        if (!_places.TryAdd(key.Text, key.Place))
        {
            faults.Add(new YamlFault(key.Place, "", FormattableString.Invariant($"'{YamlReading.Shown(key.Text)}' is set twice: it is in line {_places[key.Text].Line} already.")));
        }
        else if (key is { IsPlain: true, Text: Merge })
        {
            _merged.AddRange(value is YamlList list ? list.Items : [value]);
        }
        else
        {
            _own.Add(new YamlPair(key, value));
        }
    }

    /// <summary>The map's own lines, then what it takes over and does not have itself.</summary>
    public IReadOnlyList<YamlPair> Close()
    {
        foreach (var other in _merged)
        {
            if (other is YamlMap map)
            {
                _own.AddRange(map.Pairs.Where(pair => _places.TryAdd(pair.Key.Text, pair.Key.Place)));
            }
            else
            {
                faults.Add(new YamlFault(other.Place, "", $"{Merge} takes over the lines of a map, and this is {other.Word}."));
            }
        }

        return _own;
    }
}
