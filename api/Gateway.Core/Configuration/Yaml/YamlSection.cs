using System.Diagnostics.CodeAnalysis;

namespace Gateway.Core.Configuration;

/// <summary>The values of one section, as read.</summary>
public sealed class YamlSection(YamlReading reading, YamlMap map, string path)
{
    private readonly Dictionary<YamlKey, YamlNode> _nodes = [];
    private readonly Dictionary<YamlKey, object?> _values = [];

    public YamlReading Reading => reading;

    public string Path => path;

    public YamlPlace Place => map.Place;

    public void Read(YamlKey key, YamlNode node)
    {
        _nodes[key] = node;
        var faults = reading.Faults.Count;
        if (key.TryRead(reading, node, PathOf(key), out var value))
        {
            _values[key] = value;
        }
        else if ((key.Required || key.NeverEmpty) && reading.Faults.Count == faults)
        {
            Fault(key, $"this is empty after expansion; allowed: {key.Shape.Takes}.");
        }
    }

    /// <summary>The file has it, be it right or wrong.</summary>
    public bool Has(YamlKey key) => _nodes.ContainsKey(key);

    /// <summary>The file has it, and it is right.</summary>
    public bool IsRight(YamlKey key) => _values.ContainsKey(key);

    public bool TryGet<T>(YamlKey<T> key, [MaybeNullWhen(false)] out T value)
    {
        var found = _values.TryGetValue(key, out var read);
        value = found ? (T)read! : default;
        return found;
    }

    [return: NotNullIfNotNull(nameof(otherwise))]
    public T? Get<T>(YamlKey<T> key, T? otherwise) => TryGet(key, out var value) ? value : otherwise;

    public T? Get<T>(YamlKey<T> key, T? otherwise)
        where T : struct => TryGet(key, out var value) ? value : otherwise;

    /// <summary>What a required value was read as.</summary>
    public T Get<T>(YamlKey<T> key)
        where T : class => (T)_values[key]!;

    public YamlNode? NodeOf(YamlKey key) => _nodes.GetValueOrDefault(key);

    public string PathOf(YamlKey key) => YamlReading.Member(path, key.Name);

    /// <summary>Says that a value which is right by itself is wrong here.</summary>
    public void Fault(YamlKey key, string message) => reading.Fault(NodeOf(key)?.Place ?? map.Place, PathOf(key), message);
}
