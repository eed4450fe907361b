using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gateway.Core.Configuration;

/// <summary>A single value, or a section where more is to be said.</summary>
internal sealed class YamlEitherShape<T>(YamlScalarShape<T> single, YamlSectionShape<T> section) : YamlShape<T>
{
    public override string Takes => $"{single.Takes}, or {section.Takes}";

    public override IEnumerable<YamlTable> Tables => section.Tables;

    public override bool TryRead(YamlReading reading, YamlNode node, string path, [MaybeNullWhen(false)] out T value) =>
        node is YamlMap ? section.TryRead(reading, node, path, out value) : single.TryRead(reading, node, path, out value);

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteStartArray("anyOf"u8);
        foreach (var shape in (YamlShape[])[single, section])
        {
            json.WriteStartObject();
            shape.WriteSchema(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
