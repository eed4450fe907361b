using System.Text.Json;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>The list of models, which has one entry.</summary>
internal static class Models
{
    public static Task ListAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, static json =>
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        WriteModel(json);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static Task RetrieveAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, WriteModel);

    private static void WriteModel(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, DemoModel.Id);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, DemoModel.Created);
        json.WriteString("owned_by"u8, DemoModel.OwnedBy);
        json.WriteNumber("max_model_len"u8, DemoModel.ContextLength);
        json.WriteEndObject();
    }
}
