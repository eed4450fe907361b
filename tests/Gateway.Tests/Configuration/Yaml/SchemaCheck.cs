using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Core.Configuration;

namespace Gateway.Tests.Configuration.Yaml;

/// <summary>Judges a file by a JSON schema, as far as the schema of the settings goes. A word that it does not know is a fault of the test.</summary>
internal static class SchemaCheck
{
    public static IEnumerable<string> Faults(JsonElement schema, YamlNode node, string path) =>
        schema.EnumerateObject().SelectMany(rule => Faults(schema, rule, node, path));

    private static IEnumerable<string> Faults(JsonElement schema, JsonProperty rule, YamlNode node, string path) => rule.Name switch
    {
        "$schema" or "title" or "description" or "patternProperties" => [],
        "type" => Say(IsOf(node, rule.Value.GetString()!), path, rule),
        "pattern" => Say(node is not YamlScalar text || Regex.IsMatch(text.Text, rule.Value.GetString()!), path, rule),
        "enum" => Say(node is YamlScalar text && rule.Value.EnumerateArray().Any(word => word.GetString() == text.Text), path, rule),
        "minimum" => Say(Number(node) is not { } number || number >= rule.Value.GetDouble(), path, rule),
        "maximum" => Say(Number(node) is not { } number || number <= rule.Value.GetDouble(), path, rule),
        "minItems" => Say(node is not YamlList list || list.Items.Count >= rule.Value.GetInt32(), path, rule),
        "anyOf" => Say(rule.Value.EnumerateArray().Any(one => !Faults(one, node, path).Any()), path, rule),
        "items" => Items(node).SelectMany((item, i) => Faults(rule.Value, item, $"{path}[{i}]")),
        "required" => rule.Value.EnumerateArray().Where(name => Pairs(node).All(pair => pair.Key.Text != name.GetString())).Select(name => $"{path} lacks {name}"),
        "propertyNames" => Pairs(node).SelectMany(pair => Faults(rule.Value, pair.Key, $"{path}.{pair.Key.Text}")),
        "properties" => Pairs(node).Where(pair => rule.Value.TryGetProperty(pair.Key.Text, out _)).SelectMany(pair => Faults(rule.Value.GetProperty(pair.Key.Text), pair.Value, $"{path}.{pair.Key.Text}")),
        "additionalProperties" => Others(schema, node).SelectMany(pair => rule.Value.ValueKind == JsonValueKind.False ? [$"{path}.{pair.Key.Text} is unknown"] : Faults(rule.Value, pair.Value, $"{path}.{pair.Key.Text}")),
        _ => throw new InvalidOperationException($"This test does not know the schema's word {rule.Name}."),
    };

    private static IEnumerable<string> Say(bool right, string path, JsonProperty rule) => right ? [] : [$"{path}: {rule}"];

    private static bool IsOf(YamlNode node, string type) => type switch
    {
        "object" => node is YamlMap,
        "array" => node is YamlList,
        "integer" => Number(node) is { } number && number == Math.Floor(number),
        "number" => Number(node) is not null,
        "boolean" => node is YamlScalar { IsPlain: true, Text: "true" or "false" },
        // Editors take a plain number for a number where a text is due; the reader takes it as it is written.
        "string" => node is YamlScalar { IsNull: false },
        _ => throw new InvalidOperationException($"This test does not know the type {type}."),
    };

    private static double? Number(YamlNode node) =>
        node is YamlScalar { IsPlain: true } scalar && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IReadOnlyList<YamlNode> Items(YamlNode node) => node is YamlList list ? list.Items : [];

    private static IReadOnlyList<YamlPair> Pairs(YamlNode node) => node is YamlMap map ? map.Pairs : [];

    private static IEnumerable<YamlPair> Others(JsonElement schema, YamlNode node) => Pairs(node).Where(pair =>
        !(schema.TryGetProperty("properties", out var known) && known.TryGetProperty(pair.Key.Text, out _))
        && !(schema.TryGetProperty("patternProperties", out var free) && free.EnumerateObject().Any(one => Regex.IsMatch(pair.Key.Text, one.Name))));
}
