namespace Gateway.Engines;

/// <summary>What llama-server's errors mean. Texts were measured, except where a source is given.</summary>
internal static class LlamaCppErrors
{
    private static readonly ErrorRule ContextExceeded = ErrorRule.ContextLength("exceeds the available context size");

    public static ErrorDialect Dialect { get; } = new()
    {
        Shapes = "`{\"error\":{\"code\",\"message\",\"type\"}}` with a number as `code` and no `param`, in two orders of members.",
        Rules =
        [
            ContextExceeded with { Type = "exceed_context_size_error", Message = null },
            // The slots share one cache and it ran out in the middle of an answer.
            ErrorRule.ContextLength("Context size has been exceeded"),
            // Router mode answers 400 for a name it does not know.
            ErrorRule.UnknownModel("' not found") with { Status = 400 },
            ErrorRule.CallerMistake("model name is missing from the request") with { AsParam = "model" },
            // Router mode without autoload: nothing that the caller could mend.
            new() { Status = 400, Message = ["model is not loaded"], AsStatus = 503, AsType = "server_error", AsCode = "engine_unavailable" },
            // The caller's mistakes that arrive as 500: a body that is no JSON or has values of the wrong kind, images and
            // sound without a projector, an embedding longer than a batch, a Messages call without messages.
            ErrorRule.CallerMistake("[json.exception.", "is not supported - hint: if this is unexpected, you may need to provide the mmproj", "'messages' is required") with { Status = 500 },
            ErrorRule.CallerMistake("is too large to process. increase the physical batch size") with { Status = 500, AsParam = "input" },
            // Embeddings, reranking or sound on a server that was not started for them.
            new() { Type = "not_supported_error", AsStatus = 501, AsType = "unsupported_endpoint", AsCode = "unsupported_endpoint" },
            new() { Status = 503, Message = ["Loading model"], AsStatus = 503, AsType = "server_error", AsCode = "engine_loading" },
        ],
    };
}
