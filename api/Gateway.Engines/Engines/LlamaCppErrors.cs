namespace Gateway.Engines;

/// <summary>What llama-server's errors mean. Texts were measured, except where a source is given.</summary>
internal static class LlamaCppErrors
{
    private static readonly ErrorRule ContextExceeded = ErrorRule.ContextLength("exceeds the available context size");

    /// <summary>The caller's mistakes that arrive as 500, from this server and from every server that runs it.</summary>
    public static IReadOnlyList<ErrorRule> Mistakes { get; } =
    [
        // A body that is no JSON or has values of the wrong kind, images and sound without a projector, a Messages call without messages.
        ErrorRule.CallerMistake("[json.exception.", "is not supported - hint: if this is unexpected, you may need to provide the mmproj", "'messages' is required") with { Status = 500 },
        // An embedding longer than a batch.
        ErrorRule.CallerMistake("is too large to process. increase the physical batch size") with { Status = 500, AsParam = "input" },
    ];

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
            .. Mistakes,
            // Embeddings, reranking or sound on a server that was not started for them.
            new() { Type = "not_supported_error", Unserved = true },
            new() { Message = ["Pooling type 'none' is not OAI compatible"], Unserved = true },
            ErrorRule.NotServed(404, "File Not Found"),
            new() { Status = 503, Message = ["Loading model"], AsStatus = 503, AsType = "server_error", AsCode = "engine_loading" },
        ],
    };
}
