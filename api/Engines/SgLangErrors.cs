namespace Gateway.Engines;

/// <summary>What SGLang's errors mean (v0.5.18, below python/sglang/srt).</summary>
internal static class SgLangErrors
{
    public static ErrorDialect Dialect { get; } = new()
    {
        Shapes = "Flat, `{\"object\":\"error\",\"message\",\"type\",\"param\",\"code\"}`, with the status as `code`, and that object under `error` in streams; OpenAI's shape on /v1/responses; `{\"error\":\"…\"}` for a wrong key; `{\"detail\":\"…\"}` for a path it does not have.",
        Rules =
        [
            // managers/tokenizer_manager.py
            ErrorRule.ContextLength("longer than the model's context length", "maximum context length"),
            // What follows a colon in the model's name is read as an adapter (managers/tokenizer_manager.py).
            ErrorRule.UnknownModel("LoRA adapter '") with { Status = 400 },
            // managers/scheduler.py; only with --max-queued-requests and SGLANG_REQ_WAITING_TIMEOUT.
            new() { Message = ["request queue is full", "Request waiting timeout reached"], AsStatus = 503, AsType = "server_error", AsCode = "overloaded" },
            // Something that the caller named, such as a stored response.
            new() { Status = 404, Type = "invalid_request_error" },
            // The web framework's word for a route that this version does not have.
            new() { Status = 404, Message = ["Not Found"], AsStatus = 501, AsType = "unsupported_endpoint", AsCode = "unsupported_endpoint" },
        ],
    };
}
