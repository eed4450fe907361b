using Gateway.Core.Errors;

namespace Gateway.Proxy.Translation;

/// <summary>The shape that an answer is to have: <c>text.format</c> as <c>response_format</c>.</summary>
internal static class ResponsesFormat
{
    public static GatewayError? Write(ResponsesValue text, ResponsesWriter writer)
    {
        var format = ResponsesFields.Find(text, "format"u8);
        var type = ResponsesFields.Find(format, "type"u8);
        if (format.IsMissing || type.Is("text"u8))
        {
            return null;
        }

        if (type.Is("json_object"u8))
        {
            writer.Raw(",\"response_format\":{\"type\":\"json_object\"}"u8);
            return null;
        }

        if (!type.Is("json_schema"u8))
        {
            return GatewayError.InvalidRequest(
                "text.format.type",
                "`text.format.type` is not one that engines know. It can be `text`, `json_object` or `json_schema`.");
        }

        var schema = ResponsesFields.Find(format, "schema"u8);
        if (!schema.IsObject)
        {
            return GatewayError.InvalidRequest(
                "text.format.schema",
                "`text.format` is of type `json_schema` and has no `schema`. Put the schema there, as an object beside `name`.");
        }

        var name = ResponsesFields.Find(format, "name"u8);
        writer.Raw(",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":"u8)
            .Raw(name.IsText ? name.Raw : "\"answer\""u8);
        Member(writer, ",\"description\":"u8, ResponsesFields.Find(format, "description"u8));
        Member(writer, ",\"schema\":"u8, schema);
        Member(writer, ",\"strict\":"u8, ResponsesFields.Find(format, "strict"u8));
        writer.Raw("}}"u8);
        return null;
    }

    private static void Member(ResponsesWriter writer, ReadOnlySpan<byte> name, ResponsesValue value) =>
        writer.Raw(value.IsMissing ? [] : name).Raw(value.IsMissing ? [] : value.Raw);
}
