using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gateway.Core.Configuration;

/// <summary>Makes a value of a text.</summary>
internal delegate bool TryParse<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>A single value.</summary>
/// <param name="takes">What is allowed.</param>
/// <param name="parse">Makes the value.</param>
/// <param name="schema">Writes what its JSON schema says beside references to the environment.</param>
internal sealed class YamlScalarShape<T>(string takes, TryParse<T> parse, Action<Utf8JsonWriter> schema) : YamlShape<T>
{
    public override string Takes => takes;

    /// <summary>It is never shown.</summary>
    public bool Secret { get; init; }

    /// <summary>The words it may be, for a hint at the nearest one.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    public override bool TryRead(YamlReading reading, YamlNode node, string path, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not YamlScalar scalar)
        {
            reading.Fault(node.Place, path, $"this is {node.Word}, but one value is expected: {takes}.");
            return false;
        }

        if (scalar.IsNull)
        {
            reading.Fault(node.Place, path, $"this has no value. Remove the line, or set it to {takes}.");
            return false;
        }

        var text = reading.Expand(scalar, path);
        if (text is null || (text.Length == 0 && scalar.Text.Length > 0))
        {
            return false;
        }

        if (parse(text, out value))
        {
            return true;
        }

        reading.Fault(node.Place, path, $"{(Secret ? "***" : Shown(scalar.Text))} is not allowed; allowed: {takes}.{NearestName.Hint(text, Words)}");
        return false;
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteStartArray("anyOf"u8);
        json.WriteStartObject();
        schema(json);
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("type"u8, "string"u8);
        json.WriteString("pattern"u8, @"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}"u8);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static string Shown(string text) => text.Length == 0 ? "''" : YamlReading.Shown(text);
}
