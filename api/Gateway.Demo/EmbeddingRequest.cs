using System.Text.Json;

namespace Gateway.Demo;

/// <summary>A text to embed, and its tokens: as written, or as the numbers that the caller's own tokenizer gave it.</summary>
internal sealed record EmbeddingInput(string Text, int Tokens);

/// <summary>The members of a request for embeddings.</summary>
internal sealed record EmbeddingRequest : IModelRequest
{
    public const int DefaultDimensions = 384;
    private const int MostDimensions = 4096;
    private const int MostInputs = 2048;
    private const int MostTokens = 300_000;

    public string? Model { get; init; }

    /// <summary>A text, a list of texts, a list of token numbers, or a list of such lists.</summary>
    public JsonElement? Input { get; init; }

    public int? Dimensions { get; init; }

    public string? EncodingFormat { get; init; }

    /// <summary>The inputs; null where they are none of what is allowed.</summary>
    public IReadOnlyList<EmbeddingInput>? ReadInputs()
    {
        IReadOnlyList<EmbeddingInput?> inputs = Input switch
        {
            { ValueKind: JsonValueKind.Array } list when !list.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Number) =>
                [.. list.EnumerateArray().Select(Read)],
            { } one => [Read(one)],
            null => [],
        };
        return inputs.Count == 0 || inputs.Contains(null) ? null : [.. inputs.OfType<EmbeddingInput>()];
    }

    /// <summary>The first member whose value is not allowed, or null.</summary>
    public DemoError? FindFault(IReadOnlyList<EmbeddingInput>? inputs) => this switch
    {
        _ when inputs is null => DemoError.Invalid(
            "input", "`input` must be a string, a list of strings, a list of token numbers or a list of such lists, none of them empty."),
        { Dimensions: < 1 or > MostDimensions } =>
            DemoError.Invalid("dimensions", $"`dimensions` must be a whole number from 1 to {MostDimensions}."),
        { EncodingFormat: not (null or "float" or "base64") } =>
            DemoError.Invalid("encoding_format", "`encoding_format` must be `float` or `base64`."),
        _ when inputs.FirstOrDefault(input => input.Tokens > DemoModel.ContextLength) is { } tooLong =>
            DemoError.TooLong(tooLong.Tokens, "input"),
        _ when inputs.Count > MostInputs || inputs.Sum(input => (long)input.Tokens) > MostTokens =>
            DemoError.Invalid("input", $"`input` may have {MostInputs} texts and {MostTokens} tokens at most."),
        _ => null,
    };

    private static EmbeddingInput? Read(JsonElement value) => value switch
    {
        { ValueKind: JsonValueKind.String } when value.GetString() is { Length: > 0 } text => new EmbeddingInput(text, Words.Count(text)),
        { ValueKind: JsonValueKind.Array } when value.GetArrayLength() > 0 && value.EnumerateArray().All(IsToken) =>
            new EmbeddingInput(string.Join(' ', value.EnumerateArray().Select(token => token.GetInt32())), value.GetArrayLength()),
        _ => null,
    };

    private static bool IsToken(JsonElement item) =>
        item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var token) && token >= 0;
}
