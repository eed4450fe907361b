using System.Text.Json;

namespace Gateway.Demo.Routes;

/// <summary>What every chunk of one answer begins with.</summary>
internal sealed record AnswerHead(string Id, long Created)
{
    public void Write(Utf8JsonWriter json, string type)
    {
        json.WriteString("id"u8, Id);
        json.WriteString("object"u8, type);
        json.WriteNumber("created"u8, Created);
        json.WriteString("model"u8, DemoModel.Id);
    }
}
