using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Core.Errors;

/// <summary>The one source-generated JSON context, and the way the gateway writes JSON.</summary>
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string[]))]
public sealed partial class GatewayJson : JsonSerializerContext
{
    /// <summary>Text stays readable: the answers are never pasted into HTML.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
