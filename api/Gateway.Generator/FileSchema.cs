using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Core.Configuration;

namespace Gateway.Generator;

/// <summary>The JSON schema of <c>gateway.yaml</c>, by which editors complete and check it. The editors' language server knows draft 7 best.</summary>
internal static class FileSchema
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Render()
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, Options))
        {
            json.WriteStartObject();
            json.WriteString("$schema"u8, "http://json-schema.org/draft-07/schema#"u8);
            json.WriteString("title"u8, "gateway.yaml"u8);
            json.WriteString("description"u8, "Several engines behind one gateway, with names, fallbacks and keys."u8);
            FileSection.Shape.WriteSchema(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }
}
