using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>What SGLang refuses although OpenAI takes it, and what steers its inside (entrypoints/openai/protocol.py at v0.5.18).</summary>
internal static class SgLangRequests
{
    private const string NotOptional = "Null is refused if the field is not optional (#6775).";

    private static readonly string[] Both = ["frequency_penalty", "presence_penalty", "n", "stream", "logprobs"];

    private static readonly string[] OfCompletions = ["temperature", "top_p", "max_tokens", "echo"];

    public static RequestDialect Dialect { get; } = new()
    {
        SystemFirst = new("It renders the template that comes with the model, and strict ones refuse a text of the system behind the first message.",
            EndpointId.ChatCompletions, EndpointId.Messages, EndpointId.MessageCountTokens, EndpointId.Responses),
        Continuation = new("Since sgl-project/sglang#4226 (2025-03).", ("continue_final_message", "true")),
        Fixes =
        [
            .. Both.Select(field => FieldFix.DropNull(field, NotOptional, EndpointId.ChatCompletions, EndpointId.Completions)),
            FieldFix.DropNull("parallel_tool_calls", NotOptional, EndpointId.ChatCompletions),
            .. OfCompletions.Select(field => FieldFix.DropNull(field, NotOptional, EndpointId.Completions)),
            KnownMembers.Of("thinking", "It accepts only `type`, `budget_tokens` and `display` of `thinking`, and not every value of these (0.5.23); Claude Code sends `\"display\": \"updates\"`.",
            [
                new("type", ["enabled", "disabled", "adaptive"], Needed: true), new("budget_tokens"), new("display", ["summarized", "omitted"]),
            ], EndpointId.Messages, EndpointId.MessageCountTokens),
            ToolFunctions.WithArguments("A call whose arguments are an empty text is refused as no JSON (0.5.23); they become `{}`."),
            ToolFunctions.WithoutNull("strict", "`strict` of a function is refused when it is null (#6775).", EndpointId.ChatCompletions),
        ],
        // Inputs of multimodal embeddings, each a URL, a path on the engine's host, or the data.
        Media = new MediaFields { Opened = ["image", "images", "video", "videos", "audio", "audios", "image_data", "video_data", "audio_data"] },
        // Adapters by path, ids and sessions of the engine, token ids in place of text, code that is run on the server, transfer
        // of caches between engines, the choice of a rank, the order of the queue, what other tenants' prompts are compared
        // with, and the model's inside.
        StripFields =
        [
            "lora_path", "rid", "request_id", "session_id", "session_params", "input_ids", "custom_logit_processor", "custom_params", "bootstrap_*",
            "routed_dp_rank", "data_parallel_rank", "priority", "extra_key", "cache_salt", "return_hidden_states", "return_meta_info",
        ],
        StripHeaders = ["x-data-parallel-rank", "x-smg-routing-key"],
    };
}
