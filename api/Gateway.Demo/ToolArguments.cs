using System.Text;
using System.Text.Json;

namespace Gateway.Demo;

/// <summary>Arguments of a call: each required member at the top of the schema, as the first value of its enum or a plain one.</summary>
internal static class ToolArguments
{
    private static readonly JsonWriterOptions Options = new() { Encoder = DemoJson.Wire.Options.Encoder };

    public static string Write(JsonElement? schema)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            var properties = Member(schema, "properties", JsonValueKind.Object);
            var required = Items(Member(schema, "required", JsonValueKind.Array)).Where(name => name.ValueKind == JsonValueKind.String);
            foreach (var name in required.Select(name => name.GetString()!).Distinct())
            {
                json.WritePropertyName(name);
                WriteValue(json, Member(properties, name, JsonValueKind.Object));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteValue(Utf8JsonWriter json, JsonElement? property)
    {
        if (Items(Member(property, "enum", JsonValueKind.Array)).FirstOrDefault() is { ValueKind: not JsonValueKind.Undefined } first)
        {
            first.WriteTo(json);
            return;
        }

        json.WriteRawValue(Member(property, "type", JsonValueKind.String)?.GetString() switch
        {
            "integer" or "number" => "1"u8,
            "boolean" => "true"u8,
            "array" => "[]"u8,
            "object" => "{}"u8,
            "null" => "null"u8,
            _ => "\"demo\""u8,
        });
    }

    private static JsonElement? Member(JsonElement? element, string name, JsonValueKind kind) =>
        element is { ValueKind: JsonValueKind.Object } holder && holder.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : null;

    private static JsonElement[] Items(JsonElement? list) => list is { } items ? [.. items.EnumerateArray()] : [];
}
