using System.Text.Json;

namespace Gateway.Engines;

/// <summary>A model as an engine lists it, in one shape whatever the engine.</summary>
/// <param name="Id">The name that requests use.</param>
/// <param name="Created">Unix seconds; null where the engine says nothing or only the time of the call.</param>
/// <param name="OwnedBy">The engine's own word, or null.</param>
/// <param name="MaxLength">Context length in tokens, or null where it is not known.</param>
/// <param name="Aliases">Other names under which the engine serves the same model.</param>
public sealed record ListedModel(string Id, long? Created = null, string? OwnedBy = null, int? MaxLength = null, IReadOnlyList<string>? Aliases = null);

/// <summary>Where an engine lists its models and how one entry is read.</summary>
public sealed record ModelListing
{
    /// <summary>Path on the engine's root; the answer is <c>{"data":[…]}</c> or <c>{"data":null}</c>.</summary>
    public string Path { get; init; } = "/v1/models";

    /// <summary>Reads one entry of <c>data</c>; null leaves it out.</summary>
    public Func<JsonElement, ListedModel?> Read { get; init; } = ReadOpenAi;

    /// <summary>A second path whose answer tells the context length of the one model served, with its reader.</summary>
    public (string Path, Func<JsonElement, int?> Read)? Length { get; init; }

    /// <summary>
    /// The one spelling of a name, for an engine that takes other spellings for the same model; null: names are compared as they are.
    /// </summary>
    public Func<string, string>? Spelling { get; init; }

    /// <summary><c>owned_by</c> where the engine's entry has none.</summary>
    public required string OwnedBy { get; init; }

    /// <summary>What the gateway mends in the list. A sentence for the documentation.</summary>
    public string? Note { get; init; }

    /// <summary>OpenAI's own entry, with <c>max_model_len</c> where given.</summary>
    public static ListedModel? ReadOpenAi(JsonElement entry) =>
        Text(entry, "id") is { Length: > 0 } id
            ? new ListedModel(id, Number(entry, "created"), Text(entry, "owned_by"), Tokens(entry, "max_model_len"))
            : null;

    public static string? Text(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>A number of tokens; null where it is none that a context can have.</summary>
    public static int? Tokens(JsonElement entry, string name) => Number(entry, name) is > 0 and <= int.MaxValue and { } tokens ? (int)tokens : null;

    public static long? Number(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;
}
