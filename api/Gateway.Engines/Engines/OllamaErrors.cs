namespace Gateway.Engines;

/// <summary>What Ollama's errors mean (captured from main fb3076099687; sources at the same commit).</summary>
internal static class OllamaErrors
{
    public static ErrorDialect Dialect { get; } = new()
    {
        Shapes = "OpenAI's envelope with `code` always null, and with its runner's whole error as JSON in `message`; a bare string under `error` for what concerns its cloud; plain text for unknown paths.",
        Rules =
        [
            // llm/llama_server.go:298 and :2443; the last is the text of the llama-server underneath, which comes through.
            ErrorRule.ContextLength("the prompt is longer than the context length", "the input length exceeds the context length", "exceeds the available context size"),
            ErrorRule.UnknownModel("' not found", "\" not found") with { Status = 404 },
            // The runner's words about images and sound that its model does not take, as 500.
            .. LlamaCppErrors.Mistakes,
            // A chat model asked for vectors: the runner advises a flag that no user of Ollama has. An embedding model asked to chat.
            ErrorRule.NotServed(501),
            new() { Message = ["\" does not support chat", "does not support generate", "does not support embedding"], Status = 400, Unserved = true },
            ErrorRule.CallerMistake("does not support insert") with { AsParam = "suffix" },
            ErrorRule.CallerMistake("does not support thinking", "invalid reasoning value") with { AsParam = "reasoning_effort" },
            // Only where the template in the model's file has none either: one of Ollama's own without tools does not matter (captured).
            ErrorRule.CallerMistake("does not support tools") with { AsParam = "tools" },
            // A Host that is no name of its machine (captured), as an Origin of another site, which never reaches it. It is about no key: it knows none.
            new() { Status = 403, MessageIs = "", AsStatus = 502, AsType = "server_error", AsCode = "upstream_error", Once = true },
            ErrorRule.NotServed(404, "404 page not found"),
            ErrorRule.NotServed(405, "405 method not allowed"),
            // server/sched.go:88
            new() { Message = ["maximum pending requests exceeded"], AsStatus = 503, AsType = "server_error", AsCode = "overloaded" },
        ],
    };
}
