using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gateway.Core.Configuration;

/// <summary>One entry of a map whose names the operator chooses.</summary>
public sealed record YamlEntry<T>(string Name, T Value, YamlPlace Place, string Path);

/// <summary>A map whose names the operator chooses.</summary>
/// <param name="name">What a name looks like.</param>
/// <param name="value">What stands behind one.</param>
internal sealed class YamlMapShape<T>(YamlShape<string> name, YamlShape<T> value) : YamlShape<IReadOnlyList<YamlEntry<T>>>
{
    public override string Takes => $"names ({name.Takes}), each with {value.Takes}";

    public override IEnumerable<YamlTable> Tables => value.Tables;

    public override bool TryRead(YamlReading reading, YamlNode node, string path, [MaybeNullWhen(false)] out IReadOnlyList<YamlEntry<T>> entries)
    {
        entries = null;
        if (node is not YamlMap map)
        {
            reading.Fault(node.Place, path, $"this is {(node is YamlScalar { IsNull: true } ? "empty" : node.Word)}, but names with values are expected: {{name: value}}, or a line with 'name: value' for each.");
            return false;
        }

        var read = new List<YamlEntry<T>>();
        foreach (var pair in map.Pairs)
        {
            var member = YamlReading.Member(path, pair.Key.Text);
            if (name.TryRead(reading, pair.Key, member, out var key) & value.TryRead(reading, pair.Value, member, out var item))
            {
                read.Add(new YamlEntry<T>(key!, item!, pair.Value.Place, member));
            }
        }

        entries = read;
        return true;
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, "object"u8);
        json.WriteStartObject("propertyNames"u8);
        name.WriteSchema(json);
        json.WriteEndObject();
        json.WriteStartObject("additionalProperties"u8);
        value.WriteSchema(json);
        json.WriteEndObject();
    }
}
