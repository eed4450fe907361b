using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gateway.Core.Configuration;

/// <summary>A map whose names the gateway knows.</summary>
/// <param name="table">Its names.</param>
/// <param name="build">Makes the value, once everything that is required is there.</param>
public sealed class YamlSectionShape<T>(YamlTable table, Func<YamlSection, T> build) : YamlShape<T>
{
    public override string Takes => $"a map, see `{table.Title}`";

    public override IEnumerable<YamlTable> Tables => [table, .. table.Keys.SelectMany(key => key.Shape.Tables)];

    public override bool TryRead(YamlReading reading, YamlNode node, string path, [MaybeNullWhen(false)] out T value)
    {
        var section = table.Read(reading, node, path);
        value = section is null ? default : build(section);
        return section is not null;
    }

    public override void WriteSchema(Utf8JsonWriter json) => table.WriteSchema(json);
}
