using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gateway.Engines;

/// <summary>
/// What clients of Ollama's own API get: shapes as captured from main fb3076099687. What the gateway does not know of a model is empty
/// or 0; the command line reads some members without asking whether they are there, and these always have a value.
/// </summary>
internal static class OllamaNativeApi
{
    /// <summary>Clients switch features on by it. It is the version whose shapes these are, and plain numbers, which every client can compare.</summary>
    private const string Version = "0.33.0";

    /// <summary>Far enough for the command line to say that the model stays.</summary>
    private static readonly DateTime Never = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly string[] Read = ["GET", "HEAD"];

    public static NativeApi Value { get; } = new()
    {
        Routes =
        [
            new("/api/version") { Methods = Read, Write = static (json, _) => json.WriteString("version"u8, Version) },
            new("/api/tags") { Methods = Read, Scope = NativeScope.All, Write = static (json, models) => WriteList(json, models, WriteTag) },
            new("/api/ps") { Methods = Read, Scope = NativeScope.Running, Write = static (json, models) => WriteList(json, models, WriteRunning) },
            new("/api/show") { Methods = ["POST"], Scope = NativeScope.Named, Write = static (json, models) => WriteDetails(json, models[0]) },
            // What runs a model, changes which there are, or belongs to an account at the engine's maker (server/routes.go).
            .. ((string[])
            [
                "/api/chat", "/api/generate", "/api/embed", "/api/embeddings", "/api/pull", "/api/push", "/api/create", "/api/delete", "/api/copy", "/api/blobs/",
                "/api/me", "/api/signout", "/api/status", "/api/user/keys/", "/api/experimental/",
            ]).Select(static path => new NativeRoute(path)),
        ],
        NameMembers = ["model", "name"],
        Advice = "This gateway lists its models in Ollama's API and serves them in OpenAI's: configure an OpenAI connection in the client, with this gateway's URL followed by /v1 as its base URL.",
        WriteError = static (json, message) => json.WriteString("error"u8, message),
        NoModel = "model is required",
        NoSuchModel = static name => $"model '{name}' not found",
    };

    private static void WriteList(Utf8JsonWriter json, IReadOnlyList<NativeModel> models, Action<Utf8JsonWriter, NativeModel> write)
    {
        json.WriteStartArray("models"u8);
        foreach (var model in models)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, model.Name);
            json.WriteString("model"u8, model.Name);
            write(json, model);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTag(Utf8JsonWriter json, NativeModel model)
    {
        json.WriteString("modified_at"u8, model.Created);
        json.WriteNumber("size"u8, 0);
        json.WriteString("digest"u8, Digest(model));
        WriteFormat(json);
    }

    private static void WriteRunning(Utf8JsonWriter json, NativeModel model)
    {
        json.WriteNumber("size"u8, 0);
        json.WriteString("digest"u8, Digest(model));
        WriteFormat(json);
        json.WriteString("expires_at"u8, Never);
        json.WriteNumber("size_vram"u8, 0);
        json.WriteNumber("context_length"u8, model.MaxLength ?? 0);
    }

    private static void WriteDetails(Utf8JsonWriter json, NativeModel model)
    {
        json.WriteString("modelfile"u8, "");
        json.WriteString("parameters"u8, "");
        json.WriteString("template"u8, "");
        WriteFormat(json);
        json.WriteStartObject("model_info"u8);
        json.WriteString("general.architecture"u8, "unknown"u8);
        if (model.MaxLength is { } length)
        {
            json.WriteNumber("unknown.context_length"u8, length);
        }

        json.WriteEndObject();
        json.WriteStartArray("capabilities"u8);
        json.WriteEndArray();
        json.WriteString("modified_at"u8, model.Created);
    }

    private static void WriteFormat(Utf8JsonWriter json)
    {
        json.WriteStartObject("details"u8);
        json.WriteString("parent_model"u8, "");
        json.WriteString("format"u8, "");
        json.WriteString("family"u8, "");
        json.WriteStartArray("families"u8);
        json.WriteEndArray();
        json.WriteString("parameter_size"u8, "");
        json.WriteString("quantization_level"u8, "");
        json.WriteEndObject();
    }

    // Clients take it for the model's identity and show its first twelve digits. The content is not known here, so it stands for the name.
    private static string Digest(NativeModel model) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model.Target)));
}
