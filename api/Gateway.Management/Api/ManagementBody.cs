using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Errors;
using Gateway.Proxy.Requests;

namespace Gateway.Management.Api;

/// <summary>What a request may say; no route reads all of it.</summary>
internal sealed record ManagementBody
{
    public string? Id { get; init; }

    /// <summary>The same as <see cref="Id"/>, on the routes of nodes.</summary>
    public string? Backend { get; init; }

    public bool Force { get; init; }

    public string? Uri { get; init; }

    public string? Version { get; init; }

    public string? Name { get; init; }

    public string? Alias { get; init; }

    public string? Kind { get; init; }

    public string? Model { get; init; }

    public string? Node { get; init; }

    public Dictionary<string, string>? Options { get; init; }

    /// <summary>Reads the body of a request; none at all is an empty one.</summary>
    /// <returns>The body, or null with the error.</returns>
    public static async Task<(ManagementBody? Body, GatewayError? Error)> ReadAsync(HttpContext context)
    {
        const int Limit = 64 * 1024;
        var (body, error) = CompressedBody.Is(context.Request)
            ? await CompressedBody.ReadAsync(context, Limit, memory: null)
            : (await BodyReader.ReadAsync(context.Request, Limit, memory: null, context.RequestAborted), null);
        using var held = body;
        if (held is null)
        {
            return (null, error is { Status: not 413 } ? error : new GatewayError(413, "invalid_request_error", "request_too_large", "A request of this kind is a small JSON object, at most 64 KiB.") { ClosesConnection = true });
        }

        try
        {
            var bytes = held.Written.Span;
            return bytes.Trim(" \t\r\n"u8).IsEmpty
                ? (new ManagementBody(), null)
                : (JsonSerializer.Deserialize(bytes, BodyJson.Default.ManagementBody) ?? new ManagementBody(), null);
        }
        catch (JsonException e)
        {
            return (null, GatewayError.InvalidJson($"The body is not the JSON object that this takes{(e.Path is { Length: > 1 } path ? $" (at {path})" : "")}. Values are texts, `force` is true or false, `options` is an object of texts."));
        }
    }
}

/// <summary>How bodies are read: the names of the API, and no matter what else is in there.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ManagementBody))]
internal sealed partial class BodyJson : JsonSerializerContext;
