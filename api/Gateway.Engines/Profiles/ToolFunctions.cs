using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>Mends the <c>function</c> objects inside <c>tools</c>; every other byte of the list stays as it came.</summary>
internal static class ToolFunctions
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 512 };

    /// <summary>Leaves a member out where it is null.</summary>
    public static FieldFix WithoutNull(string member, string why, params EndpointId[] endpoints) =>
        new("tools", value => Mend(value, function => Find(function, member) == JsonValueKind.Null, (json, function) => Copy(json, function, member)), why, endpoints);

    /// <summary>Adds a member where it is missing.</summary>
    public static FieldFix With(string member, string rawValue, string why, params EndpointId[] endpoints) =>
        new("tools", value => Mend(value, function => Find(function, member) is null, (json, function) =>
        {
            Copy(json, function, except: null);
            json.WritePropertyName(member);
            json.WriteRawValue(rawValue);
        }), why, endpoints);

    private static JsonValueKind? Find(JsonElement function, string member) =>
        function.TryGetProperty(member, out var value) ? value.ValueKind : null;

    private static FieldEdit Mend(ReadOnlySpan<byte> value, Func<JsonElement, bool> fits, Action<Utf8JsonWriter, JsonElement> write)
    {
        try
        {
            return RawJson.Parse(value) is { ValueKind: JsonValueKind.Array } tools && tools.EnumerateArray().Any(tool => Function(tool) is { } function && fits(function))
                ? FieldEdit.Replace(Written(tools, fits, write))
                : FieldEdit.Keep;
        }
        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair cannot be compared; the engine will say what it thinks of it.
            return FieldEdit.Keep;
        }
    }

    private static JsonElement? Function(JsonElement tool) =>
        tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object ? function : null;

    private static byte[] Written(JsonElement tools, Func<JsonElement, bool> fits, Action<Utf8JsonWriter, JsonElement> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartArray();
            foreach (var tool in tools.EnumerateArray())
            {
                if (Function(tool) is not { } function || !fits(function))
                {
                    json.WriteRawValue(tool.GetRawText(), skipInputValidation: true);
                    continue;
                }

                json.WriteStartObject();
                Copy(json, tool, "function");
                json.WriteStartObject("function");
                write(json, function);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Copy(Utf8JsonWriter json, JsonElement source, string? except)
    {
        foreach (var member in source.EnumerateObject().Where(member => except is null || !member.NameEquals(except)))
        {
            json.WritePropertyName(member.Name);
            json.WriteRawValue(member.Value.GetRawText(), skipInputValidation: true);
        }
    }
}
