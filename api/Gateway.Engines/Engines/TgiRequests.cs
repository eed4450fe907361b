using System.Buffers.Text;
using System.Text.Json;
using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>Where TGI's idea of a request departs from OpenAI's (router/src/lib.rs at v3.3.7: ChatRequest and CompletionRequest).</summary>
internal static class TgiRequests
{
    public static RequestDialect Dialect { get; } = new()
    {
        Fixes =
        [
            FieldFix.DropNull("stream", "It must be true or false, never null."),
            FieldFix.DropNull("stream_options", "It must be an object, never null.", EndpointId.ChatCompletions),
            FieldFix.DropNull("max_completion_tokens", "It is another spelling of `max_tokens`, and the two together are refused.", EndpointId.ChatCompletions),
            FieldFix.DropNullOrEmptyArray("tools", "An empty list would still make the model answer in the form of a tool call.", EndpointId.ChatCompletions),
            ToolFunctions.With("parameters", "{}", "A function without `parameters` is refused.", EndpointId.ChatCompletions),
            new("stop", ListOfStops, "One text is refused; it must be a list."),
            new("top_p", TopP, "1 is refused, though it means no more than leaving it out (validation.rs)."),
            new("presence_penalty", static _ => FieldEdit.Remove, "It is read as a repetition penalty of the value plus 2, so that 0 already makes the model avoid every word it has said."),
            new("logit_bias", Bias, "OpenAI's object is refused, and its own list has no effect."),
            new("response_format", Format, "A schema is expected as `{\"type\":\"json\",\"value\":…}`, and `text` is refused.", [EndpointId.ChatCompletions]),
        ],
        Copies =
        [
            new("max_completion_tokens", "max_tokens", false, "It is another spelling of `max_tokens`, and the two together are refused.", EndpointId.ChatCompletions),
        ],
        // Any other name is looked for among the adapters; without one it is only echoed.
        SendModelAs = "tgi",
        FetchesMarkdownImages = true,
    };

    internal static FieldEdit ListOfStops(ReadOnlySpan<byte> value)
    {
        var text = value.Trim(" \t\r\n"u8);
        return text.Length >= 2 && text[0] == '"' ? FieldEdit.Replace([(byte)'[', .. text, (byte)']']) : FieldEdit.Keep;
    }

    // The engine computes with 32 bits. More than 1 is the caller's mistake, as it is at OpenAI.
    internal static FieldEdit TopP(ReadOnlySpan<byte> value)
    {
        var text = value.Trim(" \t\r\n"u8);
        return Utf8Parser.TryParse(text, out float number, out var read) && read == text.Length && number == 1f ? FieldEdit.Remove : FieldEdit.Keep;
    }

    internal static FieldEdit Bias(ReadOnlySpan<byte> value) =>
        value.TrimStart(" \t\r\n"u8).StartsWith("{"u8) ? FieldEdit.Remove : FieldEdit.Keep;

    // `json_object` without a schema stays, and is refused: the engine cannot promise JSON of any shape.
    internal static FieldEdit Format(ReadOnlySpan<byte> value)
    {
        if (RawJson.Parse(value) is not { ValueKind: JsonValueKind.Object } format)
        {
            return FieldEdit.Keep;
        }

        return ModelListing.Text(format, "type") switch
        {
            "text" => FieldEdit.Remove,
            "json_schema" when Schema(format) is { } schema => FieldEdit.Replace([.. """{"type":"json","value":"""u8, .. RawJson.Bytes(schema), (byte)'}']),
            _ => FieldEdit.Keep,
        };
    }

    private static JsonElement? Schema(JsonElement format) =>
        format.TryGetProperty("json_schema", out var named) && named.ValueKind == JsonValueKind.Object && named.TryGetProperty("schema", out var schema)
            ? schema
            : null;
}
