using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Errors;
using Gateway.Management.Jobs;
using Gateway.Proxy.Requests;

namespace Gateway.Management.Operations;

/// <summary>What is asked of an engine, as it is in the body of a request; no operation reads all of it.</summary>
public sealed record OperationRequest
{
    /// <summary>Name of a gallery's entry, or an image.</summary>
    public string? Id { get; init; }

    /// <summary>The same as <see cref="Id"/>, on the routes of nodes.</summary>
    public string? Backend { get; init; }

    /// <summary>Installs it again where it is installed.</summary>
    public bool Force { get; init; }

    /// <summary>An image; null for an upgrade: what the gallery has now.</summary>
    public string? Uri { get; init; }

    /// <summary>The tag to take of the image that is there; null: what the gallery has now.</summary>
    public string? Version { get; init; }

    /// <summary>What it is to be called; null: as the entry.</summary>
    public string? Name { get; init; }

    public string? Alias { get; init; }

    /// <summary>Id of the engine's profile, for an image that says nothing about it.</summary>
    public string? Kind { get; init; }

    public string? Model { get; init; }

    public IReadOnlyDictionary<string, string> Options { get; init => field = value ?? field; } = new Dictionary<string, string>();

    /// <summary>The one node that it is for; null: all of them, or all that have the engine.</summary>
    public string? Node { get; init; }

    /// <summary>Name of the key that asked, or what else did. No body says it.</summary>
    [JsonIgnore]
    public string Who { get; init; } = "";

    /// <summary>Reads the body of a request; none at all is an empty one.</summary>
    /// <returns>The request, or null with the error.</returns>
    public static async Task<(OperationRequest? Request, GatewayError? Error)> ReadAsync(HttpContext context)
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
                ? (new OperationRequest(), null)
                : (JsonSerializer.Deserialize(bytes, RequestJson.Default.OperationRequest) ?? new OperationRequest(), null);
        }
        catch (JsonException e)
        {
            return (null, GatewayError.InvalidJson($"The body is not the JSON object that this takes{(e.Path is { Length: > 1 } path ? $" (at {path})" : "")}. Values are texts, `force` is true or false, `options` is an object of texts."));
        }
    }
}

/// <summary>A job, or the error that is answered instead.</summary>
public sealed record OperationResult(JobRecord? Job, GatewayError? Error)
{
    /// <summary>The entry that fits every node; set where one for a single kind of hardware was asked for in a fleet.</summary>
    public string? MetaAlternative { get; init; }

    public static OperationResult Of(GatewayError error) => new(null, error);
}

/// <summary>How bodies are read: the names of the API, and no matter what else is in there.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OperationRequest))]
internal sealed partial class RequestJson : JsonSerializerContext;
