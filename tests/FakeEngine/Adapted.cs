using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Engines.Endpoints;

namespace Gateway.Fakes;

/// <summary>The two things of a request that change a stored answer: vectors as base64, and content that must be JSON.</summary>
internal static class Adapted
{
    /// <summary>What a schema is answered with.</summary>
    public const string JsonContent = """{"city":"Paris","population":2102650}""";

    public static byte[] Apply(Exchange exchange, byte[] body)
    {
        var endpoint = exchange.Endpoint!.Id;
        if (endpoint == EndpointId.Embeddings && WantsBase64(exchange.Body))
        {
            return exchange.Dialect.Fixtures.Find("embeddings-base64.json") ?? WithBase64(body);
        }

        return endpoint == EndpointId.ChatCompletions && WantsJson(exchange.Body) ? WithJsonContent(body) : body;
    }

    private static bool WantsBase64(JsonElement request) =>
        Exchange.Member(request, "encoding_format") is { ValueKind: JsonValueKind.String } format && format.ValueEquals("base64"u8);

    private static bool WantsJson(JsonElement request) =>
        Exchange.Member(Exchange.Member(request, "response_format"), "type") is { ValueKind: JsonValueKind.String } type
        && type.GetString()!.StartsWith("json", StringComparison.Ordinal);

    private static byte[] WithBase64(byte[] body)
    {
        var root = JsonNode.Parse(body)!;
        foreach (var entry in root["data"]!.AsArray())
        {
            if (entry!["embedding"] is JsonArray numbers)
            {
                float[] vector = [.. numbers.Select(number => (float)number!.GetValue<double>())];
                entry["embedding"] = Convert.ToBase64String(MemoryMarshal.AsBytes(vector.AsSpan()));
            }
        }

        return JsonSerializer.SerializeToUtf8Bytes(root);
    }

    private static byte[] WithJsonContent(byte[] body)
    {
        var root = JsonNode.Parse(body)!;
        foreach (var choice in root["choices"]!.AsArray())
        {
            choice!["message"]!["content"] = JsonContent;
        }

        return JsonSerializer.SerializeToUtf8Bytes(root);
    }
}
