using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>vLLM. Answers were captured from 0.32.0; facts without a source were read from its own at 017e9f4448b7 (2026-08-17, between v0.27.1 and v0.28.0); numbers with a # are its pull requests.</summary>
internal static class Vllm
{
    private static readonly Support Pooling = Support.Needs("A model that scores pairs of texts or embeds, started with `--runner pooling`. Documents are texts, never objects.");

    private static readonly Support Stored = Support.Needs(
        "Start it with VLLM_ENABLE_RESPONSES_API_STORE=1. Responses are then stored in memory until it stops, in one store for all clients.");

    public static EngineProfile Profile { get; } = new()
    {
        Id = "vllm",
        DisplayName = "vLLM",
        Summary = "Serves one model to many concurrent users, on GPUs of every kind.",
        Docs = "https://docs.vllm.ai",
        ReadAt = "0.32.0 (captured) and main 017e9f4448b7, between v0.27.1 and v0.28.0",
        // Routes are registered by what the model can do (entrypoints/launchers/api_server/routers.py); for the others it answers 404.
        Endpoints = SupportTable.Of(
            Absent.AccountObjects,
            (EndpointId.ModelList, Support.Native),
            (EndpointId.ModelRetrieve, Support.Native),
            (EndpointId.ModelDelete, Absent.ModelDeletion),
            (EndpointId.ChatCompletions, Support.Partial(
                "Tools need `--tool-call-parser`, and `tool_choice` `auto` needs `--enable-auto-tool-choice` too. `n` over 1 is refused at temperature 0, and so are an empty `stop` and `max_tokens` 0. Strict templates refuse a `system` message after others, here and on /v1/responses.")),
            (EndpointId.Completions, Support.Native),
            (EndpointId.Embeddings, Support.Needs("An embedding model, or any other started with `--runner pooling --convert embed`.")),
            (EndpointId.Responses, Support.Partial(
                "Nothing is stored, whatever `store` says, and `background` is refused, unless it was started with VLLM_ENABLE_RESPONSES_API_STORE=1.")),
            (EndpointId.ResponseRetrieve, Stored),
            (EndpointId.ResponseDelete, Support.Missing("Its stored responses cannot be deleted.", "Send `store: false`, so that nothing is stored.")),
            (EndpointId.ResponseCancel, Stored),
            (EndpointId.ResponseInputItems, Support.Missing("It does not list the input of a response.", "Store the input in your application.")),
            (EndpointId.ResponseInputTokens, Support.Missing("It has no route that counts the tokens of a response.", "Count those of the text or messages with /v1/tokenize.")),
            (EndpointId.ResponseCompact, Absent.Compaction),
            (EndpointId.Rerank, Pooling),
            (EndpointId.Score, Pooling),
            (EndpointId.Moderations, Absent.Moderations),
            (EndpointId.AudioTranscriptions, Support.Needs("A speech recognition model, such as Whisper or Voxtral.")),
            (EndpointId.AudioTranslations, Support.Needs("A speech recognition model that translates, such as Whisper.")),
            (EndpointId.AudioSpeech, Absent.Speech),
            (EndpointId.ImageGenerations, Absent.Images),
            (EndpointId.ImageEdits, Absent.Images),
            (EndpointId.ImageVariations, Absent.Images),
            // It merges system messages that stand between others by itself (0.32.0).
            (EndpointId.Messages, Support.Native),
            (EndpointId.MessageCountTokens, Support.Native),
            (EndpointId.MessageBatches, Absent.MessageBatches),
            (EndpointId.Tokenize, Support.At("/tokenize")),
            (EndpointId.Detokenize, Support.At("/detokenize")),
            (EndpointId.Files, Absent.AccountObjects),
            (EndpointId.Batches, Support.Missing("It supports batches only on its command line (`vllm run-batch`).", "Send the requests one by one; it batches concurrent requests.")),
            (EndpointId.Realtime, Support.Needs("A model that transcribes in real time."))),
        Health = new HealthProbe
        {
            Path = "/health",
            Rules =
            [
                HealthProbe.Ok,
                // Every path answers so while replicas are added or removed (entrypoints/serve/elastic_ep/middleware.py).
                new(EngineState.Loading, 503, body => body.Contains("currently scaling", StringComparison.Ordinal)),
                // The engine died (#24897). 0.32.0 is hardly ever seen so: 0.7 s later its process is gone, and connections are refused.
                new(EngineState.Unreachable, 503),
            ],
            // Only with VLLM_SERVER_DEV_MODE=1, and only such an engine can be paused (0.32.0); /health goes on to say 200.
            Further = [new("/is_paused", SendsKey: false, [new(EngineState.Asleep, 200, body => body.Replace(" ", "", StringComparison.Ordinal).Contains("\"is_paused\":true", StringComparison.Ordinal))], WithSleepGauge: true)],
            Note = "It listens only once the model is loaded, compiled and warm. The probe does not run the model. An engine put to sleep, or paused, keeps answering 200 and would keep "
                + "requests waiting indefinitely: its metrics show that it sleeps, `/is_paused` that it is paused, and its state here is `asleep`.",
        },
        Auth = UpstreamAuth.Bearer("VLLM_API_KEY"),
        Models = new ModelListing
        {
            OwnedBy = "vllm",
            // `created` is the time of the call (entrypoints/openai/models/serving.py).
            Read = entry => ModelListing.ReadOpenAi(entry) is { } model ? model with { Created = null } : null,
            Note = "`created` is the time of the call and left out, and so are paths and permissions. Adapters are listed without a context length.",
        },
        Errors = VllmErrors.Dialect,
        Requests = Requests,
        Responses = new ResponseDialect
        {
            // `reasoning_content` until #33402 (2026-01-30), `reasoning` since.
            Reasoning = ReasoningField.Either,
            // Seen with 0.32.0.
            FingerprintWithUsage = true,
            Notes =
            [
                "Reasoning is sent as `reasoning`, until January 2026 as `reasoning_content`; clients get both.",
                "SIGTERM and `/pause` end running answers with status 200 and the finish reason `abort` (on /v1/messages without a stop reason): these are retried, or end as interrupted ones for the client. "
                    + "On /v1/responses such an answer says `completed` like any other (seen with 0.32.0) and cannot be distinguished from one.",
                // `: keep-alive` (entrypoints/openai/chat_completion/api_router.py); 0.32.0 has the option, off by default.
                "Started with `--sse-keep-alive-interval` it sends comments on silent streams: they pass, and do not count as an answer.",
                "A queue that is full (`--max-num-queued-reqs`, `--max-num-queued-tokens`) is a 503 without `Retry-After`, which the gateway adds; "
                    + "the engine counts these in `vllm:admission_rejections_total` (seen with 0.32.0).",
            ],
        },
        Load = new LoadGauges
        {
            Path = "/metrics",
            Running = ["vllm:num_requests_running"],
            Waiting = ["vllm:num_requests_waiting"],
            // The older names were there until #29330 (2025-11-25), the newer ones since #18354.
            KvCacheUsage = ["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"],
            PrefixCacheHits = ["vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total"],
            // 0.32.0: one series for each state, with 1 for the one that it is in.
            Awake = new("vllm:engine_sleep_state", "sleep_state=\"awake\""),
            PrefixCacheQueries = ["vllm:prefix_cache_queries_total", "vllm:gpu_prefix_cache_queries_total"],
        },
        // The gateway itself may be on port 8000 and list this engine's models; but it has no /load, and nothing else has this member.
        Detection = new Detection([8000, 8001], "/load", answer => answer.Status == 200 && answer.Body.Contains("\"server_load\"", StringComparison.Ordinal)),
        Deployment = VllmDeployment.Value,
    };

    private static RequestDialect Requests => new()
    {
        SystemFirst = new("Strict templates refuse a text of the system behind the first message; on /v1/messages the engine joins them itself (0.32.0).",
            EndpointId.ChatCompletions, EndpointId.Responses),
        Continuation = new("Since #8942 (2024-10), and only without a generation prompt.", ("add_generation_prompt", "false"), ("continue_final_message", "true")),
        // What it refuses beyond that (`stream_options` without `stream`, a fifth stop string, `top_logprobs` without
        // `logprobs`, `tool_choice` without tools) OpenAI refuses too.
        Fixes = [FieldFix.DropNullOrEmptyArray("tools", "An empty list is refused since #39780 (2026-04-16).", EndpointId.ChatCompletions)],
        // Transfer of caches between engines, their plug-ins, the order of the queue, what other tenants' prompts are compared
        // with, templates run on the server, loaders of media, and the probabilities of the prompt.
        // An id of the caller's replaces another caller's stored response (0.32.0).
        StripFields =
        [
            "request_id", "session_id", "kv_transfer_params", "ec_transfer_params", "vllm_xargs", "priority", "cache_salt", "chat_template",
            "mm_processor_kwargs", "media_io_kwargs", "watermarking", "stream_interval", "use_beam_search", "logits_processors",
            "prompt_logprobs", "return_prompt_text", "data_parallel_rank", "previous_input_messages", "enable_response_messages",
        ],
        RefusesLongAnswers = "Since 0.32.0 a limit above the model's context is refused, and one below it is capped to what is left.",
        StripHeaders = ["X-Session-ID", "X-Vllm-Priority", "X-data-parallel-rank", "endpoint-load-metrics-format"],
    };
}
