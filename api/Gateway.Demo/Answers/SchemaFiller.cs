using System.Text;
using System.Text.Json;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Answers;

/// <summary>Writes a value that a JSON schema accepts: what is required, of the type and within the bounds it says. Patterns are not followed.</summary>
internal sealed class SchemaFiller
{
    private const int MostValues = 4096;
    private const int LongestText = 4096;
    private const int Deepest = 64;

    /// <summary>From here on only what must be there is written, and in its simplest form.</summary>
    private const int Deep = 3;

    private readonly JsonElement _root;
    private readonly Utf8JsonWriter _json;
    private int _values;
    private string? _fault;

    private SchemaFiller(JsonElement root, Utf8JsonWriter json)
    {
        _root = root;
        _json = json;
    }

    /// <summary>The value as JSON, or why there is none.</summary>
    /// <param name="schema">Null: any object.</param>
    public static (string? Json, string? Fault) Fill(JsonElement? schema)
    {
        if (schema is not { } root)
        {
            return ("{}", null);
        }

        using var buffer = new MemoryStream();
        using var json = new Utf8JsonWriter(buffer, JsonAnswer.Options);
        var filler = new SchemaFiller(root, json);
        filler.Write(root, 0, "object");
        json.Flush();
        return filler._fault is { } fault ? (null, fault) : (Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length), null);
    }

    private void Write(JsonElement schema, int depth, string otherwise = "string")
    {
        var node = new SchemaNode(_root, schema, simplest: depth >= Deep);
        _fault ??= node.Fault ?? (++_values > MostValues || depth > Deepest ? "The schema asks for more than the built-in demo engine makes." : null);
        if (_fault is not null)
        {
            // Nobody sees this value; it only keeps the JSON whole.
            _json.WriteNullValue();
        }
        else if ((node.Find("const") ?? FirstOf(node.Find("enum"))) is { } given)
        {
            given.WriteTo(_json);
        }
        else
        {
            WriteType(node, node.TypeOr(otherwise), depth);
        }
    }

    private void WriteType(SchemaNode node, string type, int depth)
    {
        switch (type)
        {
            case "object":
                WriteObject(node, depth);
                break;
            case "array":
                WriteArray(node, depth);
                break;
            case "integer" or "number":
                WriteNumber(NumberChoice.Choose(node, whole: type == "integer"));
                break;
            case "boolean":
                _json.WriteBooleanValue(true);
                break;
            case "null":
                _json.WriteNullValue();
                break;
            default:
                _json.WriteStringValue(ChooseText(node));
                break;
        }
    }

    private void WriteObject(SchemaNode node, int depth)
    {
        _json.WriteStartObject();
        var required = node.All("required").Where(list => list.ValueKind == JsonValueKind.Array)
            .SelectMany(list => list.EnumerateArray()).Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!).ToHashSet();
        var all = node.Find("required") is null && depth < Deep;
        var written = new HashSet<string>();
        foreach (var property in node.All("properties").Where(list => list.ValueKind == JsonValueKind.Object).SelectMany(list => list.EnumerateObject()))
        {
            if ((all || required.Contains(property.Name)) && written.Add(property.Name))
            {
                _json.WritePropertyName(property.Name);
                Write(property.Value, depth + 1);
            }
        }

        foreach (var name in required.Except(written))
        {
            _json.WritePropertyName(name);
            Write(node.Find("additionalProperties") ?? default, depth + 1);
        }

        _json.WriteEndObject();
    }

    private void WriteArray(SchemaNode node, int depth)
    {
        _json.WriteStartArray();
        var first = node.All("prefixItems").Where(list => list.ValueKind == JsonValueKind.Array).SelectMany(list => list.EnumerateArray()).ToArray();
        var least = Math.Max(node.Highest("minItems") ?? 0, first.Length > 0 || depth >= Deep ? first.Length : 1);
        var count = Math.Min(least, node.Lowest("maxItems") ?? least);
        for (var i = 0; i < count && _fault is null; i++)
        {
            Write(i < first.Length ? first[i] : node.Find("items") ?? default, depth + 1);
        }

        _json.WriteEndArray();
    }

    private void WriteNumber(double? number)
    {
        if (number is not { } value)
        {
            _fault ??= "The schema allows no number in one place.";
            _json.WriteNullValue();
        }
        else if (value == Math.Truncate(value) && Math.Abs(value) < 1e15)
        {
            _json.WriteNumberValue((long)value);
        }
        else
        {
            _json.WriteNumberValue(value);
        }
    }

    private string ChooseText(SchemaNode node)
    {
        var text = node.Find("format")?.ToString() switch
        {
            "date" => "2026-01-01",
            "date-time" => "2026-01-01T12:00:00Z",
            "time" => "12:00:00Z",
            "duration" => "PT1H",
            "email" => "demo@example.com",
            "hostname" => "example.com",
            "ipv4" => "127.0.0.1",
            "ipv6" => "::1",
            "uri" or "url" => "https://example.com/",
            "uuid" => "00000000-0000-4000-8000-000000000000",
            _ => DemoModel.Id,
        };
        var least = node.Highest("minLength") ?? 0;
        if (least > LongestText)
        {
            _fault ??= "The schema asks for a longer text than the built-in demo engine makes.";
            return text;
        }

        return text.PadRight((int)least, '.')[..(int)Math.Min(Math.Max(text.Length, least), Math.Max(0, node.Lowest("maxLength") ?? LongestText))];
    }

    private static JsonElement? FirstOf(JsonElement? list) => list is { ValueKind: JsonValueKind.Array } values && values.GetArrayLength() > 0 ? values[0] : null;
}
