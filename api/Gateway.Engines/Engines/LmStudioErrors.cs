namespace Gateway.Engines;

/// <summary>What LM Studio's errors mean, as far as reports tell; numbers are issues of lmstudio-ai/lmstudio-bug-tracker.</summary>
internal static class LmStudioErrors
{
    public static ErrorDialect Dialect { get; } = new()
    {
        Shapes = "An object or a bare string under `error`, and with 200 where the path is unknown; a stream that fails has an event named `error`.",
        Rules =
        [
            // #237, #546 (0.3.13), #2205 (0.4.20), #2339 (MLX).
            ErrorRule.ContextLength(
                "when context the overflows", "tokens to keep from the initial prompt is greater than the context length", "context size has been exceeded", "mid-generation context overflow"),
            // letta-ai/letta PR 1876; lmstudio-ai/lms#107, as 404 in 2024 and as 400 in 2026.
            ErrorRule.UnknownModel("Please specify a valid model", "No models loaded"),
            new() { Message = ["API token is required"], AsStatus = 401, AsType = "invalid_request_error", AsCode = "invalid_api_key" },
            // Older versions lack newer endpoints and say so with 200 (#618, #1323, #2085).
            new() { Message = ["Unexpected endpoint or method"], Unserved = true },
            ErrorRule.CallerMistake("'response_format.type' must be") with { AsParam = "response_format" },
            // The engine's own failures that arrive as 400 (#1050; charmbracelet/crush#2546).
            new() { Message = ["The model has crashed", "Failed to load model"], AsStatus = 500, AsType = "server_error" },
        ],
    };
}
