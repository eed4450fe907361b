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
        if (RawJson.Parse(value) is not { ValueKind: JsonValueKind.Array } tools || !tools.EnumerateArray().Any(tool => MayBe(tool, type)))
        {
            return FieldEdit.Keep;
        }

        var rest = tools.EnumerateArray().Where(tool => !MayBe(tool, type)).ToList();
        return rest.Count == 0 ? FieldEdit.Remove : FieldEdit.Replace(Write(rest));
    }

    // Of several types any may be the one that the engine reads, in any spelling of case; and a tool with a name that is no text
    // (half a surrogate pair) is not vouched for.
    private static bool MayBe(JsonElement tool, string type)
    {
        try
        {
            return tool.ValueKind == JsonValueKind.Object && tool.EnumerateObject().Any(member =>
                member.Name.Equals("type", StringComparison.OrdinalIgnoreCase)
                && member.Value.ValueKind == JsonValueKind.String
                && string.Equals(member.Value.GetString(), type, StringComparison.OrdinalIgnoreCase));
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    // The tools that stay are copied as they came, so that unknown members and number formats survive.
    private static byte[] Write(List<JsonElement> tools)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var tool in tools)
            {
                json.WriteRawValue(tool.GetRawText(), skipInputValidation: true);
            }

            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
