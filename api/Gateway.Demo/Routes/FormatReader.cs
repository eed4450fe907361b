using System.Text.Json;
using Gateway.Demo.Answers;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>Reads what the answer has to be: text, any object, or what a schema accepts.</summary>
internal static class FormatReader
{
    /// <param name="conversation">What has been read so far.</param>
    /// <param name="request">The request, which keeps what is wrong.</param>
    /// <param name="format">The object that tells, or null.</param>
    /// <param name="holder">What holds the schema: the format itself (responses), or a member of it (chat).</param>
    /// <param name="param">The name of the format in the request.</param>
    public static Conversation AddTo(Conversation conversation, RequestReader request, JsonElement? format, JsonElement? holder, string param)
    {
        switch (format?.Text("type"))
        {
            case "text":
            case null when format is null:
                return conversation;
            case "json_object":
                return conversation with { Format = AnswerFormat.JsonObject };
            case "json_schema" when holder?.Member("schema") is { ValueKind: JsonValueKind.Object } schema:
                return conversation with { Format = AnswerFormat.JsonSchema, Schema = schema };
            case "json_schema":
                request.Fail(param, $"`{param}` has no schema.");
                return conversation;
            default:
                request.Fail(param, $"The type of `{param}` must be `text`, `json_object` or `json_schema`.");
                return conversation;
        }
    }
}
