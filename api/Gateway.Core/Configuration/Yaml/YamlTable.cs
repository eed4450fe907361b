using System.Text.Json;

namespace Gateway.Core.Configuration;

/// <summary>A map whose names the gateway knows: a table of the documentation.</summary>
/// <param name="Title">Where it stands, as <c>backends[].deadlines</c>.</param>
/// <param name="Keys">Its names.</param>
public sealed record YamlTable(string Title, IReadOnlyList<YamlKey> Keys)
{
    /// <summary>Names that begin so are for the operator's own use, as places for what is referred to elsewhere.</summary>
    public string? FreePrefix { get; init; }

    /// <summary>Reads every name.</summary>
    /// <returns>The values; null where something is missing that it cannot do without.</returns>
    public YamlSection? Read(YamlReading reading, YamlNode node, string path)
    {
        if (node is not YamlMap map)
        {
            reading.Fault(node.Place, path, $"this is {(node is YamlScalar { IsNull: true } ? "empty" : node.Word)}, but {NamesOf(Keys)} are expected, each as 'name: value'.");
            return null;
        }

        var section = new YamlSection(reading, map, path);
        foreach (var pair in map.Pairs.Where(pair => FreePrefix is null || !pair.Key.Text.StartsWith(FreePrefix, StringComparison.Ordinal)))
        {
            if (Keys.FirstOrDefault(key => key.Name == pair.Key.Text) is { } known)
            {
                section.Read(known, pair.Value);
            }
            else
            {
                reading.Fault(pair.Key.Place, YamlReading.Member(path, pair.Key.Text), $"unknown key.{NearestName.Hint(pair.Key.Text, Keys.Select(key => key.Name))} There are {NamesOf(Keys)}.");
            }
        }

        foreach (var missing in Keys.Where(key => key.Required && !section.Has(key)))
        {
            reading.Fault(map.Place, path, $"{missing.Name} is missing: {missing.Meaning}.");
        }

        return Keys.All(key => !key.Required || section.IsRight(key)) ? section : null;
    }

    public void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, "object"u8);
        json.WriteBoolean("additionalProperties"u8, false);
        json.WriteStartObject("properties"u8);
        foreach (var key in Keys)
        {
            key.WriteSchema(json);
        }

        json.WriteEndObject();
        if (FreePrefix is not null)
        {
            json.WriteStartObject("patternProperties"u8);
            json.WriteStartObject("^" + FreePrefix);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (Keys.Any(key => key.Required))
        {
            json.WriteStartArray("required"u8);
            foreach (var key in Keys.Where(key => key.Required))
            {
                json.WriteStringValue(key.Name);
            }

            json.WriteEndArray();
        }
    }

    private static string NamesOf(IReadOnlyList<YamlKey> keys) => string.Join(", ", keys.Select(key => key.Name));
}
