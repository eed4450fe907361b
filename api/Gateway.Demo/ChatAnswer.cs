using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Demo;

/// <summary>A whole answer.</summary>
internal sealed record ChatCompletion(string Id, string Object, long Created, string Model, IReadOnlyList<Choice> Choices, Usage Usage);

internal sealed record Choice(int Index, AnswerMessage Message, string FinishReason)
{
    public JsonElement? Logprobs { get; }
}

internal sealed record AnswerMessage(string Role, string? Content)
{
    public string? Refusal { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }
}

/// <summary>A piece of a stream.</summary>
/// <param name="Id">The same in all pieces of an answer.</param>
/// <param name="Object">Its kind.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Model">The model.</param>
/// <param name="Choices">None in the piece that has the usage.</param>
/// <param name="Usage">Absent where the caller did not ask for it, and JSON's null in all pieces but the last where it did.</param>
internal sealed record ChatChunk(
    string Id,
    string Object,
    long Created,
    string Model,
    IReadOnlyList<ChunkChoice> Choices,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Usage);

internal sealed record ChunkChoice(int Index, Delta Delta, string? FinishReason)
{
    public JsonElement? Logprobs { get; }
}

/// <summary>What a piece adds.</summary>
internal sealed record Delta
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }
}

/// <summary>A call of a tool, whole or a piece of it.</summary>
internal sealed record ToolCall
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Index { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type { get; init; }

    public FunctionCall? Function { get; init; }
}

internal sealed record FunctionCall(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name,
    string? Arguments);

/// <summary>What a request used, in tokens.</summary>
internal sealed record Usage(
    int PromptTokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? CompletionTokens)
{
    public int TotalTokens { get; } = PromptTokens + (CompletionTokens ?? 0);
}
