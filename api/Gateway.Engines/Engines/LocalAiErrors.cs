namespace Gateway.Engines;

/// <summary>What LocalAI's errors mean (sources at 82c191afadf5).</summary>
internal static class LocalAiErrors
{
    public static ErrorDialect Dialect { get; } = new()
    {
        Shapes = "`{\"error\":{\"code\",\"message\",\"type\"}}` with a number as `code` and mostly an empty `type`; text for all that its backends say; a bare JSON string from /v1/rerank.",
        Rules =
        [
            // A backend's own words behind `rpc error: code = Internal desc = ` (seen in lfnovo/open-notebook#470).
            ErrorRule.ContextLength("exceeds the available context size", "context size has been exceeded", "maximum context length"),
            // core/http/middleware/request.go:162
            ErrorRule.UnknownModel("not found. To see available models"),
            // What a backend finds wrong with a request, in gRPC's words (backend/cpp/llama-cpp/grpc-server.cpp).
            ErrorRule.CallerMistake("rpc error: code = InvalidArgument"),
            new() { Message = ["rpc error: code = Unimplemented"], Unserved = true },
            // Its own backend for GGUF models is llama.cpp's code, and says the same.
            .. LlamaCppErrors.Mistakes,
            ErrorRule.NotServed(404, "Resource not found"),
            new() { Message = ["rpc error: code = Unavailable"], AsStatus = 503, AsType = "server_error", AsCode = "engine_unavailable" },
            // pkg/model/loader.go:134; it comes without a status when the answer is a stream.
            new() { Message = ["load is in cooldown after a recent failure"], AsStatus = 503, AsType = "server_error", AsCode = "engine_unavailable" },
            // core/backend/global_admission.go:21, core/http/middleware/admission.go:44
            new() { Message = ["backend inference capacity reached", "is at capacity (max_concurrent="], AsStatus = 503, AsType = "server_error", AsCode = "overloaded" },
            // core/http/app.go:100
            new() { Type = "model_loading", AsStatus = 503, AsType = "server_error", AsCode = "engine_loading" },
            new() { Type = "quota_exceeded", AsStatus = 429, AsType = "insufficient_quota", AsCode = "insufficient_quota" },
            new() { Type = "model_disabled", AsStatus = 403, AsType = "permission_error", AsCode = "model_disabled", AsParam = "model" },
            new() { Status = 413, AsStatus = 413, AsType = "invalid_request_error", AsCode = "request_too_large" },
        ],
    };
}
