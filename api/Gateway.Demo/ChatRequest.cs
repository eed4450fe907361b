using System.Text.Json;

namespace Gateway.Demo;

/// <summary>The members of a chat request that the demo heeds.</summary>
internal sealed record ChatRequest : IModelRequest
{
    private const int MostChoices = 128;

    public string? Model { get; init; }

    public IReadOnlyList<ChatMessage?>? Messages { get; init; }

    public bool? Stream { get; init; }

    public StreamOptions? StreamOptions { get; init; }

    public int? N { get; init; }

    public int? MaxTokens { get; init; }

    public int? MaxCompletionTokens { get; init; }

    /// <summary>One text or a list of them.</summary>
    public JsonElement? Stop { get; init; }

    public IReadOnlyList<ToolDefinition?>? Tools { get; init; }

    public JsonElement? ToolChoice { get; init; }

    public ResponseFormat? ResponseFormat { get; init; }

    /// <summary>The first member whose value is not allowed, or null.</summary>
    public DemoError? FindFault()
    {
        (bool Wrong, string Param, string Message)[] rules =
        [
            (Messages is not { Count: > 0 }, "messages", "`messages` is missing: it must be a list of at least one message."),
            (Messages?.All(message => message?.IsValid() is true) is false, "messages",
                "Each message must have a known role, and text or a list of parts as content."),
            (StreamOptions is not null && Stream is not true, "stream_options", "`stream_options` is only allowed when `stream` is true."),
            (N is < 1 or > MostChoices, "n", $"`n` must be a whole number from 1 to {MostChoices}."),
            (MaxTokens < 1, "max_tokens", "`max_tokens` must be a whole number of 1 or more."),
            (MaxCompletionTokens < 1, "max_completion_tokens", "`max_completion_tokens` must be a whole number of 1 or more."),
            (Stops() is null, "stop", "`stop` must be a string or a list of strings."),
            (ResponseFormat?.Type is "json_schema", "response_format",
                "The built-in demo engine follows no JSON schema: ask for `json_object`, or start an engine with a model."),
            (ResponseFormat is { Type: not ("text" or "json_object" or "json_schema") }, "response_format",
                "The type of `response_format` must be `text` or `json_object`."),
        ];
        var broken = rules.FirstOrDefault(rule => rule.Wrong);
        return broken.Wrong ? DemoError.Invalid(broken.Param, broken.Message) : null;
    }

    /// <summary>The answer ends before the first of these texts; null where the member is neither a text nor a list of them.</summary>
    public IReadOnlyList<string>? Stops() => Stop switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. list.EnumerateArray().Select(item => item.GetString()!)],
        _ => null,
    };

    public string LastUserText() => Messages!.LastOrDefault(message => message!.Role == "user")?.Text() ?? "";

    /// <summary>The tokens of all messages and of the tools offered.</summary>
    public int CountTokens() =>
        Messages!.Sum(message => Words.Count(message!.Text()))
        + Functions().Sum(function => Words.Count(function.Name ?? "") + Words.Count(function.Parameters?.GetRawText() ?? ""));

    /// <summary>Tools of other kinds are passed over.</summary>
    public IEnumerable<FunctionDefinition> Functions() =>
        (Tools ?? []).Where(tool => tool?.Type == "function").Select(tool => tool!.Function ?? new FunctionDefinition(null, null));
}

internal sealed record StreamOptions(bool? IncludeUsage);

internal sealed record ResponseFormat(string? Type);

internal sealed record ToolDefinition(string? Type, FunctionDefinition? Function);

/// <summary>A function that the caller offers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">The schema of its arguments, or null where it takes any.</param>
internal sealed record FunctionDefinition(string? Name, JsonElement? Parameters);
