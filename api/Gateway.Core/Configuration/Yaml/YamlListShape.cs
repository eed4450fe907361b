using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gateway.Core.Configuration;

/// <summary>A list of at least one value.</summary>
internal sealed class YamlListShape<T>(YamlShape<T> item) : YamlShape<IReadOnlyList<T>>
{
    public override string Takes => $"a list, each {item.Takes}";

    public override IEnumerable<YamlTable> Tables => item.Tables;

    public override bool TryRead(YamlReading reading, YamlNode node, string path, [MaybeNullWhen(false)] out IReadOnlyList<T> value)
    {
        value = null;
        if (node is not YamlList list)
        {
            reading.Fault(node.Place, path, $"this is {node.Word}, but a list is expected: [a, b], or a line with '- ' for each.");
            return false;
        }

        var faults = reading.Faults.Count;
        var items = new List<T>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (item.TryRead(reading, list.Items[i], YamlReading.Item(path, i), out var read))
            {
                items.Add(read);
            }
        }

        // Whoever writes a list means something by it: an empty one must not pass for none at all.
        if (items.Count == 0 && reading.Faults.Count == faults)
        {
            reading.Fault(node.Place, path, "the list is empty: remove it, or add a value.");
        }

        value = items;
        return items.Count > 0;
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, "array"u8);
        json.WriteNumber("minItems"u8, 1);
        json.WriteStartObject("items"u8);
        item.WriteSchema(json);
        json.WriteEndObject();
    }
}
