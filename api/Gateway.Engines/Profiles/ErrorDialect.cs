using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>
/// Recognises one kind of error of an engine and says what OpenAI would have answered. All tests that are given must fit;
/// the message is always the engine's own.
/// </summary>
public sealed record ErrorRule
{
    /// <summary>The status as the engine sent it (in a stream: the number inside the event).</summary>
    public int? Status { get; init; }

    /// <summary>The engine's word for the kind of error: <c>type</c>, <c>error_type</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The message has one of these texts, compared without case; null: any message.</summary>
    public IReadOnlyList<string>? Message { get; init; }

    /// <summary>The engine's word for the member at fault.</summary>
    public string? Param { get; init; }

    /// <summary>The message is this text and nothing else, compared without case; an empty one stands for none at all.</summary>
    public string? MessageIs { get; init; }

    /// <summary>
    /// The engine does not serve the endpoint with this model, these settings or in this version: 501 with what the profile says of the
    /// endpoint, because the engine's own words speak of a server that the caller does not run.
    /// </summary>
    public bool Unserved { get; init; }

    /// <summary>One attempt is enough: the next one on the same engine would end in the same way, and costs as much as the first.</summary>
    public bool Once { get; init; }

    /// <summary>The status OpenAI would send; null keeps the engine's.</summary>
    public int? AsStatus { get; init; }

    /// <summary>OpenAI's <c>type</c>; null derives it from the status.</summary>
    public string? AsType { get; init; }

    /// <summary>OpenAI's <c>code</c>, or null.</summary>
    public string? AsCode { get; init; }

    /// <summary>The request field at fault, where the engine does not name it.</summary>
    public string? AsParam { get; init; }

    /// <summary>At fault is the member that holds the prompt; its name depends on the endpoint.</summary>
    public bool AsPrompt { get; init; }

    /// <summary>The prompt does not fit the context: 400 <c>context_length_exceeded</c>, as OpenAI answers it.</summary>
    public static ErrorRule ContextLength(params string[] messages) =>
        new() { Message = messages, AsStatus = 400, AsType = "invalid_request_error", AsCode = "context_length_exceeded", AsPrompt = true };

    /// <summary>The endpoint is not served: 501. The message is told by its whole text, or by none.</summary>
    public static ErrorRule NotServed(int status, string? messageIs = null) => new() { Status = status, MessageIs = messageIs, Unserved = true };

    /// <summary>The model does not exist: 404 <c>model_not_found</c>.</summary>
    public static ErrorRule UnknownModel(params string[] messages) =>
        new() { Message = messages, AsStatus = 404, AsType = "invalid_request_error", AsCode = "model_not_found", AsParam = "model" };

    /// <summary>A mistake of the caller that the engine reports under another status: 400.</summary>
    public static ErrorRule CallerMistake(params string[] messages) =>
        new() { Message = messages, AsStatus = 400, AsType = "invalid_request_error" };
}

/// <summary>The error vocabulary of an engine; shapes are told apart by themselves, meanings by these rules.</summary>
public sealed record ErrorDialect
{
    /// <summary>Tried in order; the first that fits decides. Without one the status alone gives type and code.</summary>
    public IReadOnlyList<ErrorRule> Rules { get; init; } = [];

    /// <summary>Stands before the names of a request's members in <c>param</c>, such as <c>body</c>.</summary>
    public string? ParamRoot { get; init; }

    /// <summary>The engine's own names in <c>param</c> for the member that holds the prompt.</summary>
    public IReadOnlyList<string> PromptParams { get; init; } = [];

    /// <summary>Other names of the engine's own in <c>param</c>, by endpoint, and the caller's.</summary>
    public IReadOnlyList<(EndpointId Endpoint, string Param, string As)> Params { get; init; } = [];

    /// <summary>From the first of these texts on, a message says nothing to a caller, but shows the engine's inside.</summary>
    public IReadOnlyList<string> Tails { get; init; } = [];

    /// <summary>Messages with one of these texts are the engine's own traces of a failure inside of it, which are no words for a caller.</summary>
    public IReadOnlyList<string> Traces { get; init; } = [];

    /// <summary>The shapes the engine uses, for the documentation. A sentence.</summary>
    public required string Shapes { get; init; }
}
