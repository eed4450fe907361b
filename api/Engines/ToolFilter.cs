using System.Buffers;
using System.Text.Json;
using Gateway.Endpoints;

namespace Gateway.Engines;

/// <summary>Leaves out tools of one type, where an engine would act on them beyond the conversation.</summary>
internal static class ToolFilter
{
    public static FieldFix Without(string type, string why, params EndpointId[] endpoints) =>
        new("tools", value => Filter(value, type), why, endpoints);

    private static FieldEdit Filter(ReadOnlySpan<byte> value, string type)
    {
        var reader = new Utf8JsonReader(value);
        var tools = JsonElement.ParseValue(ref reader);
        if (tools.ValueKind != JsonValueKind.Array || !tools.EnumerateArray().Any(tool => IsOf(tool, type)))
        {
            return FieldEdit.Keep;
        }

        var rest = tools.EnumerateArray().Where(tool => !IsOf(tool, type)).ToList();
        return rest.Count == 0 ? FieldEdit.Remove : FieldEdit.Replace(Write(rest));
    }

    private static bool IsOf(JsonElement tool, string type) =>
        string.Equals(ModelListing.Text(tool, "type"), type, StringComparison.OrdinalIgnoreCase);

    // The tools that stay are copied as they came, so that unknown members and number formats survive.
    private static byte[] Write(List<JsonElement> tools)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var tool in tools)
            {
                json.WriteRawValue(tool.GetRawText());
            }

            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
