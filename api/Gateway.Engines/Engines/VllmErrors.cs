using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>What vLLM's errors mean (captured from 0.32.0; where a source is given, read at 017e9f4448b7).</summary>
internal static class VllmErrors
{
    public static ErrorDialect Dialect { get; } = new()
    {
        // Its Messages route reads its own chat stream, and fails on the error event in it with what its validator says.
        Traces = ["for ChatCompletionStreamResponse"],
        Shapes = "`{\"error\":{\"message\",\"type\",\"param\",\"code\"}}` with the status as `code`; the same without `error` until v0.10.0; `{\"error\":\"…\"}` for a wrong key; `{\"detail\":\"…\"}` for a path it does not have.",
        // 0.32.0: `body.max_tokens`, `body.messages.0.ChatCompletionUserMessageParam.content`, and `body.33` for the place in a text that is no JSON.
        ParamRoot = "body",
        PromptParams = ["input_tokens"],
        Params =
        [
            (EndpointId.Responses, "max_tokens", "max_output_tokens"),
            (EndpointId.Responses, "response_id", "previous_response_id"),
        ],
        Rules =
        [
            // One text on all endpoints since 0.32.0; the others from older versions (renderers/params.py, v1/engine). The last: an answer that cannot fit.
            ErrorRule.ContextLength("maximum context length", "exceeds the max_model_len", "is longer than the maximum model length", "cannot be greater than max_model_len"),
            // entrypoints/serve/engine/serving.py
            ErrorRule.UnknownModel("The model `") with { Status = 404 },
            // Something else that the caller named, such as a stored response.
            new() { Status = 404, Type = "NotFoundError", AsType = "invalid_request_error" },
            new() { Status = 404, Type = "invalid_request_error" },
            // The web framework's word for a route that was not registered, because the model cannot do what it is for.
            ErrorRule.NotServed(404, "Not Found"),
            ErrorRule.NotServed(405, "Method Not Allowed"),
            ErrorRule.NotServed(501),
            // A URL of the caller's could not be fetched.
            new() { Status = 422, AsStatus = 400, AsType = "invalid_request_error" },
            // 0.32.0 asks for a parser for `required` and for a named function, too.
            ErrorRule.CallerMistake("tool choice requires --enable-auto-tool-choice", "requires --tool-call-parser to be set") with { AsParam = "tool_choice" },
            // The engine's core has died (seen after a kill -9 of it, 0.32.0); the second is Python's word while the process goes down.
            new() { Message = ["EngineCore encountered an issue", "cannot schedule new futures after shutdown"], AsStatus = 503, AsType = "server_error", AsCode = "engine_unavailable" },
            // --max-num-queued-reqs and --max-num-queued-tokens (seen on 0.32.0, which counts them in vllm:admission_rejections_total, and
            // sends no Retry-After); it says this of nothing else.
            new() { Status = 503, Message = ["currently busy and cannot accept new requests"], AsStatus = 503, AsType = "server_error", AsCode = "overloaded" },
            // entrypoints/serve/elastic_ep/middleware.py
            new() { Status = 503, Message = ["currently scaling"], AsStatus = 503, AsType = "server_error", AsCode = "engine_unavailable" },
        ],
    };
}
