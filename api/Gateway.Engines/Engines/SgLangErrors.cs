namespace Gateway.Engines;

/// <summary>What SGLang's errors mean (captured from 0.5.23; where a source is given, read at v0.5.18, below python/sglang/srt).</summary>
internal static class SgLangErrors
{
    public static ErrorDialect Dialect { get; } = new()
    {
        Shapes = "Flat, `{\"object\":\"error\",\"message\",\"type\",\"param\",\"code\"}`, with the status as `code`, and that object under `error` in streams; OpenAI's shape on /v1/responses; `{\"error\":\"…\"}` for a wrong key; `{\"detail\":\"…\"}` for a path it does not have.",
        // 0.5.23 puts the place in its own source, and the request once more, behind what a validator says.
        Tails = ["\n\n  File \""],
        Rules =
        [
            // managers/tokenizer_manager.py; 0.5.23: "Requested token count exceeds the model's maximum context length of …".
            ErrorRule.ContextLength("longer than the model's context length", "maximum context length"),
            // What follows a colon in the model's name is read as an adapter (managers/tokenizer_manager.py).
            ErrorRule.UnknownModel("LoRA adapter '") with { Status = 400 },
            // managers/scheduler.py; only with --max-queued-requests and SGLANG_REQ_WAITING_TIMEOUT.
            new() { Message = ["request queue is full", "Request waiting timeout reached"], AsStatus = 503, AsType = "server_error", AsCode = "overloaded" },
            // /v1/responses; a chat request is answered whatever it calls the model (0.5.23).
            ErrorRule.UnknownModel("The model '") with { Status = 404 },
            // A chat model asked for vectors or ranks.
            new() { Message = ["does not appear to be an embedding model"], Unserved = true },
            // A stored response, without --enable-response-store (0.5.23).
            new() { Message = ["Response store is disabled"], Param = "response_id", Unserved = true },
            // Something that the caller named, such as a stored response.
            new() { Status = 404, Type = "invalid_request_error" },
            // The web framework's word for a route that this version does not have.
            ErrorRule.NotServed(404, "Not Found"),
            ErrorRule.NotServed(405, "Method Not Allowed"),
        ],
    };
}
