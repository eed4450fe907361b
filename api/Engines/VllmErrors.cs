namespace Gateway.Engines;

/// <summary>What vLLM's errors mean (entrypoints/serve/exception_handling at 017e9f4448b7, unless a source is given).</summary>
internal static class VllmErrors
{
    public static ErrorDialect Dialect { get; } = new()
    {
        Shapes = "`{\"error\":{\"message\",\"type\",\"param\",\"code\"}}` with the status as `code`; the same without `error` until v0.10.0; `{\"error\":\"…\"}` for a wrong key; `{\"detail\":\"…\"}` for a path it does not have.",
        Rules =
        [
            // renderers/params.py; the second on /v1/responses; the last from older versions (v1/engine).
            ErrorRule.ContextLength("maximum context length", "exceeds the max_model_len", "is longer than the maximum model length"),
            // entrypoints/serve/engine/serving.py
            ErrorRule.UnknownModel("The model `") with { Status = 404 },
            // Something else that the caller named, such as a stored response.
            new() { Status = 404, Type = "NotFoundError", AsType = "invalid_request_error" },
            new() { Status = 404, Type = "invalid_request_error" },
            // The web framework's word for a route that was not registered, because the model cannot do what it is for.
            new() { Status = 404, Message = ["Not Found"], AsStatus = 501, AsType = "unsupported_endpoint", AsCode = "unsupported_endpoint" },
            new() { Status = 501, AsStatus = 501, AsType = "unsupported_endpoint", AsCode = "unsupported_endpoint" },
            // A URL of the caller's could not be fetched.
            new() { Status = 422, AsStatus = 400, AsType = "invalid_request_error" },
            // renderers/online_renderer.py
            ErrorRule.CallerMistake("tool choice requires --enable-auto-tool-choice") with { AsParam = "tool_choice" },
            // The engine's core has died (seen after a kill -9 of it, 0.32.0); the second is Python's word while the process goes down.
            new() { Message = ["EngineCore encountered an issue", "cannot schedule new futures after shutdown"], AsStatus = 503, AsType = "server_error", AsCode = "engine_unavailable" },
            // --max-num-queued-reqs and --max-num-queued-tokens (seen on 0.32.0); it says this of nothing else.
            new() { Status = 503, Message = ["currently busy and cannot accept new requests"], AsStatus = 503, AsType = "server_error", AsCode = "overloaded" },
            // entrypoints/serve/elastic_ep/middleware.py
            new() { Status = 503, Message = ["currently scaling"], AsStatus = 503, AsType = "server_error", AsCode = "engine_unavailable" },
        ],
    };
}
