using System.Text.Json;
using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>llama.cpp's llama-server. Most facts were measured on build 11669 (0.7.0) and on 3f545beccee6 (2026-08-22, after b10573), in single and router mode.</summary>
internal static class LlamaCpp
{
    private const string NoArguments = "A call without arguments is refused where they are an empty text (0.7.0); they become `{}`.";

    public static EngineProfile Profile { get; } = new()
    {
        Id = "llamacpp",
        DisplayName = "llama.cpp",
        Summary = "llama-server: one GGUF model on almost any CPU or GPU.",
        Docs = "https://github.com/ggml-org/llama.cpp/tree/master/tools/server",
        ReadAt = "build 11669 (0.7.0, captured) and main 3f545beccee6, after b10573",
        Endpoints = SupportTable.Of(
            Absent.AccountObjects,
            (EndpointId.ModelList, Support.Native),
            (EndpointId.ModelRetrieve, Support.Native),
            (EndpointId.ModelDelete, Absent.ModelDeletion),
            (EndpointId.ChatCompletions, Support.Partial(
                "`tool_choice` accepts strings only: one that names a function is treated as `auto`. `n` may be up to the number of slots, and usage then counts one choice.")),
            (EndpointId.Completions, Support.Partial("Log probabilities have the chat format, and usage counts one prompt of an array.")),
            (EndpointId.Embeddings, Support.Needs("Start it with `--embeddings`, and with `--pooling` if the model has none. `dimensions` is ignored.")),
            (EndpointId.Responses, Support.Partial("Stateless: `previous_response_id` is refused. The status is `completed` even when the answer was cut at its token limit.")),
            (EndpointId.ResponseRetrieve, Absent.StoredResponses),
            (EndpointId.ResponseDelete, Absent.StoredResponses),
            (EndpointId.ResponseCancel, Absent.StoredResponses),
            (EndpointId.ResponseInputItems, Absent.StoredResponses),
            (EndpointId.ResponseInputTokens, Support.Native),
            (EndpointId.ResponseCompact, Absent.Compaction),
            (EndpointId.Rerank, Support.Needs("Start it with `--reranking` and a reranking model. The documents are not sent back.")),
            (EndpointId.Score, Support.Missing("It has no scoring route.", "Use /v1/rerank, with the engine started with `--reranking`.")),
            (EndpointId.Moderations, Absent.Moderations),
            (EndpointId.AudioTranscriptions, Support.Needs("A model with audio input, with its projector set by `--mmproj`.")),
            (EndpointId.AudioTranslations, Absent.Translations),
            (EndpointId.AudioSpeech, Absent.Speech),
            (EndpointId.ImageGenerations, Absent.Images),
            (EndpointId.ImageEdits, Absent.Images),
            (EndpointId.ImageVariations, Absent.Images),
            (EndpointId.Messages, Support.Native),
            (EndpointId.MessageCountTokens, Support.Native),
            (EndpointId.MessageBatches, Absent.MessageBatches),
            (EndpointId.Tokenize, Support.Partial("Different format: `content` in, `tokens` out.", "/tokenize")),
            (EndpointId.Detokenize, Support.Partial("Different format: `tokens` in, `content` out.", "/detokenize")),
            (EndpointId.Files, Absent.AccountObjects),
            (EndpointId.Batches, Absent.AccountObjects),
            (EndpointId.Realtime, Absent.Realtime)),
        Health = new HealthProbe
        {
            Path = "/health",
            Rules =
            [
                HealthProbe.Ok,
                new(EngineState.Loading, 503, body => body.Contains("Loading model", StringComparison.Ordinal)),
            ],
            Note = "While the model loads every path answers 503. In router mode it is ready immediately, and models load on their first request.",
        },
        Auth = UpstreamAuth.Bearer("LLAMA_API_KEY"),
        Models = new ModelListing
        {
            OwnedBy = "llamacpp",
            Read = ReadModel,
            Note = "`created` is the time of the call and left out; the context length is that of one slot. Command lines and file paths shown in router mode are not relayed.",
        },
        Errors = LlamaCppErrors.Dialect,
        Requests = new RequestDialect
        {
            // Slots, caches, adapters, debug output, and what the server sets for its own parser (tools/server/server-schema.cpp).
            StripFields =
            [
                "id_slot", "cache_prompt", "n_cache_reuse", "lora", "verbose", "return_progress", "sse_ping_interval", "backend_sampling",
                "grammar", "samplers", "n_probs", "mirostat*", "chat_format", "chat_parser", "generation_prompt", "parse_tool_calls", "grammar_lazy", "grammar_triggers", "preserved_tokens",
            ],
            SystemFirst = new("Strict templates, such as those of Qwen3.5 and later, refuse a text of the system behind the first message (0.7.0: `System message must be at the beginning.`).",
                EndpointId.ChatCompletions, EndpointId.Messages, EndpointId.MessageCountTokens, EndpointId.Responses, EndpointId.ResponseInputTokens),
            ThinkingByTemplate = "On /v1/messages `thinking` of type `disabled` and `output_config.effort` have no effect (0.7.0), but the model's template takes both.",
            Fixes = [ToolFunctions.WithArguments(NoArguments), ToolFunctions.WithItemArguments(NoArguments)],
            Continuation = new("An assistant message at the end is continued by default (measured on build 11669)."),
            OutlivesCaller = "While it is busy it may finish a non-streaming request after the client has disconnected; a stream ends within about 10 ms (measured).",
            // Makes a stream go on after its client left, and lets anyone who knows the id read it (measured).
            StripHeaders = ["X-Conversation-Id"],
            // Router mode: `autoload` loads and evicts models; `conv_id` replays a conversation.
            StripQuery = ["autoload", "conv_id"],
        },
        Responses = new ResponseDialect
        {
            CompletionUsage = StreamUsage.Always,
            Reasoning = ReasoningField.ReasoningContent,
            UsageCountsOneChoice = true,
            StripHeaders = ["Process-Start-Time-Unix"],
        },
        Load = new LoadGauges
        {
            Path = "/metrics",
            SendsKey = true,
            Needs = "--metrics",
            Running = ["llamacpp:requests_processing"],
            Waiting = ["llamacpp:requests_deferred"],
            PrefixCacheHits = ["llamacpp:prompt_tokens_cached_total"],
            // "Number of prompt tokens processed, excluding cached tokens": the ones that were not found.
            PrefixCacheMisses = ["llamacpp:prompt_tokens_total"],
        },
        // 8080 is to become 9931 (ggml-org/llama.cpp PR 26508); 8001 is what our container listens on.
        Detection = new Detection([8080, 9931, 8001], "/health", answer => answer.Server == "llama.cpp"),
        Deployment = LlamaCppDeployment.Value,
    };

    // The id without --alias is the path of the model file, which is no business of a client's, but the only name there is.
    private static ListedModel? ReadModel(JsonElement entry)
    {
        if (ModelListing.ReadOpenAi(entry) is not { } model)
        {
            return null;
        }

        var length = entry.TryGetProperty("meta", out var meta) ? ModelListing.Number(meta, "n_ctx") : null;
        return model with { Created = null, MaxLength = length is > 0 and <= int.MaxValue ? (int)length : ModelListing.Tokens(entry, "context_length"), Aliases = Aliases(entry, model.Id) };
    }

    private static List<string>? Aliases(JsonElement entry, string id)
    {
        if (!entry.TryGetProperty("aliases", out var aliases) || aliases.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var names = aliases.EnumerateArray().Where(alias => alias.ValueKind == JsonValueKind.String).Select(alias => alias.GetString()!).Where(alias => alias != id).ToList();
        return names.Count == 0 ? null : names;
    }
}
