namespace Gateway.Engines;

/// <summary>What llama-swap's errors mean (captured from main 0bdb3720); those of the servers behind it come through as they are.</summary>
internal static class LlamaSwapErrors
{
    public static ErrorDialect Dialect { get; } = new()
    {
        Shapes = "OpenAI's envelope with `src` next to `error` for its own errors; plain text for unknown paths; and whatever the model's server returns.",
        Rules =
        [
            ErrorRule.UnknownModel("no router for requested model"),
            ErrorRule.CallerMistake("no model id could be identified") with { AsCode = "missing_model", AsParam = "model" },
            // The command of the model ended before it was ready. It would end so again, after as long a wait; other models are well.
            new() { Message = ["upstream command exited prematurely"], AsStatus = 500, AsType = "server_error", AsCode = "model_not_started", AsParam = "model", Once = true },
            ErrorRule.NotServed(404, "404 page not found"),
            ErrorRule.NotServed(405, "Method Not Allowed"),
            .. LlamaCppErrors.Dialect.Rules,
        ],
    };
}
