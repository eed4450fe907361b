namespace Gateway.Errors;

/// <summary>An engine's error in OpenAI's words: its own message, with status, type and code as OpenAI would have sent them.</summary>
/// <param name="Status">The status the client gets.</param>
/// <param name="Message">The engine's message.</param>
/// <param name="Type">OpenAI's type.</param>
/// <param name="Param">The request field at fault, or null.</param>
/// <param name="Code">OpenAI's code, or null.</param>
internal sealed record EngineError(int Status, string Message, string Type, string? Param, string? Code)
{
    /// <summary>The engine's own body, when it already has OpenAI's shape and nothing was mended: it passes untouched.</summary>
    public byte[]? Untouched { get; init; }

    /// <summary><c>Retry-After</c> as the engine sent it.</summary>
    public string? RetryAfter { get; init; }
}
