namespace Gateway.Engines;

/// <summary>What TGI's errors mean (infer/mod.rs, validation.rs and server.rs below router/src at v3.3.7).</summary>
internal static class TgiErrors
{
    public static ErrorDialect Dialect { get; } = new()
    {
        Shapes = "`{\"error\":\"…\",\"error_type\":\"…\"}`; in streams `{\"error\":{\"message\",\"http_status_code\":422}}` whatever went wrong; plain text for JSON that does not fit; nothing for a wrong key.",
        Rules =
        [
            // In a stream every error says 422, so that only the text tells one from another.
            ErrorRule.ContextLength("`inputs` tokens + `max_new_tokens` must be <=", "`inputs` must have less than"),
            new() { Message = ["Model is overloaded"], AsStatus = 429, AsType = "rate_limit_error", AsCode = "rate_limit_exceeded" },
            // Failures of the engine; the third is the model's, when its tool call was cut or is no JSON.
            new() { Message = ["Request failed during generation", "Incomplete generation", "Failed to parse generated text", "Stream event serialization error"], AsStatus = 500, AsType = "server_error" },
            new() { Status = 424, AsStatus = 500, AsType = "server_error" },
            ErrorRule.CallerMistake("`max_new_tokens` must be") with { AsParam = "max_tokens" },
            ErrorRule.CallerMistake("`stop` supports up to") with { AsParam = "stop" },
            ErrorRule.CallerMistake("`top_n_tokens` must be") with { AsParam = "top_logprobs" },
            ErrorRule.CallerMistake("grammar is not", "cannot compile regex from schema", "Grammar and tools are mutually exclusive", "type: response_format") with { AsParam = "response_format" },
            ErrorRule.CallerMistake("Suffix is not supported") with { AsParam = "suffix" },
            ErrorRule.CallerMistake("exceeds the maximum allowed batch size") with { AsParam = "prompt" },
            // A path that this version does not have.
            ErrorRule.NotServed(404, ""),
            // Validation, templates, tools, and the web framework's word for JSON of the wrong form.
            new() { Status = 422, AsStatus = 400, AsType = "invalid_request_error" },
            new() { Status = 413, AsStatus = 413, AsType = "invalid_request_error", AsCode = "request_too_large" },
        ],
    };
}
