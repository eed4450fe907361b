namespace Gateway.Engines;

/// <summary>
/// Recognises one kind of error of an engine and says what OpenAI would have answered. All tests that are given must fit;
/// the message is always the engine's own.
/// </summary>
internal sealed record ErrorRule
{
    /// <summary>The status as the engine sent it (in a stream: the number inside the event).</summary>
    public int? Status { get; init; }

    /// <summary>The engine's word for the kind of error: <c>type</c>, <c>error_type</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The message has one of these texts, compared without case; null: any message.</summary>
    public IReadOnlyList<string>? Message { get; init; }

    /// <summary>The status OpenAI would send; null keeps the engine's.</summary>
    public int? AsStatus { get; init; }

    /// <summary>OpenAI's <c>type</c>; null derives it from the status.</summary>
    public string? AsType { get; init; }

    /// <summary>OpenAI's <c>code</c>, or null.</summary>
    public string? AsCode { get; init; }

    /// <summary>The request field at fault, where the engine does not name it.</summary>
    public string? AsParam { get; init; }

    /// <summary>The prompt does not fit the context: 400 <c>context_length_exceeded</c>, as OpenAI answers it.</summary>
    public static ErrorRule ContextLength(params string[] messages) =>
        new() { Message = messages, AsStatus = 400, AsType = "invalid_request_error", AsCode = "context_length_exceeded", AsParam = "messages" };

    /// <summary>The model does not exist: 404 <c>model_not_found</c>.</summary>
    public static ErrorRule UnknownModel(params string[] messages) =>
        new() { Message = messages, AsStatus = 404, AsType = "invalid_request_error", AsCode = "model_not_found", AsParam = "model" };

    /// <summary>A mistake of the caller that the engine reports under another status: 400.</summary>
    public static ErrorRule CallerMistake(params string[] messages) =>
        new() { Message = messages, AsStatus = 400, AsType = "invalid_request_error" };
}

/// <summary>The error vocabulary of an engine; shapes are told apart by themselves, meanings by these rules.</summary>
internal sealed record ErrorDialect
{
    /// <summary>Tried in order; the first that fits decides. Without one the status alone gives type and code.</summary>
    public IReadOnlyList<ErrorRule> Rules { get; init; } = [];

    /// <summary>The shapes the engine uses, for the documentation. A sentence.</summary>
    public required string Shapes { get; init; }
}
