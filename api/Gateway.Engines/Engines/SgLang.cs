using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>SGLang. Answers were captured from 0.5.23; facts without a source were read from its own at v0.5.18 (71de97b264b0, 2026-08-20), below python/sglang/srt; numbers with a # are its issues and pull requests.</summary>
internal static class SgLang
{
    // 0.5.23 has no store by default, and says so with 400.
    private static readonly Support Stored = Support.Needs(
        "Start it with `--enable-response-store`. Responses are then stored in the memory of one process until it stops, in one store for all clients.");

    public static EngineProfile Profile { get; } = new()
    {
        Id = "sglang",
        DisplayName = "SGLang",
        Summary = "Serves one model to many concurrent users; fast when prompts share a prefix.",
        Docs = "https://docs.sglang.ai",
        ReadAt = "v0.5.23 (captured) and v0.5.18 (71de97b264b0)",
        // Every route is there whatever the model; one that does not fit it answers 400.
        Endpoints = SupportTable.Of(
            Absent.AccountObjects,
            (EndpointId.ModelList, Support.Native),
            (EndpointId.ModelRetrieve, Support.Native),
            (EndpointId.ModelDelete, Absent.ModelDeletion),
            (EndpointId.ChatCompletions, Support.Partial(
                "Tool calls stay plain text unless it was started with `--tool-call-parser`, `response_format` does not go together with a forced tool, and tools of type `custom` are refused. So is a `max_tokens` that does not fit the context together with the prompt.")),
            (EndpointId.Completions, Support.Native),
            (EndpointId.Embeddings, Support.Needs("An embedding model, or another started with `--is-embedding`.")),
            (EndpointId.Responses, Support.Partial("Nothing is stored, and `background` and `previous_response_id` are refused, unless it was started with `--enable-response-store`.")),
            (EndpointId.ResponseRetrieve, Stored),
            (EndpointId.ResponseDelete, Support.Missing("Its stored responses cannot be deleted.", "Send `store: false`, so that nothing is stored.")),
            (EndpointId.ResponseCancel, Stored),
            (EndpointId.ResponseInputItems, Support.Missing("It does not list the input of a response.", "Store the input in your application.")),
            (EndpointId.ResponseInputTokens, Support.Missing("It has no route that counts the tokens of a response.", "Count those of the text with /v1/tokenize.")),
            (EndpointId.ResponseCompact, Absent.Compaction),
            (EndpointId.Rerank, Support.Needs("A reranking model. The answer is a bare list with `score`, without `results` around it.")),
            (EndpointId.Score, Support.Needs("A chat model or a classifier.")),
            (EndpointId.Moderations, Absent.Moderations),
            (EndpointId.AudioTranscriptions, Support.Needs("A speech recognition model. `response_format` is `json`, `text` or `verbose_json`.")),
            (EndpointId.AudioTranslations, Absent.Translations),
            (EndpointId.AudioSpeech, Absent.Speech),
            (EndpointId.ImageGenerations, Absent.Images),
            (EndpointId.ImageEdits, Absent.Images),
            (EndpointId.ImageVariations, Absent.Images),
            (EndpointId.Messages, Support.Native),
            (EndpointId.MessageCountTokens, Support.Native),
            (EndpointId.MessageBatches, Absent.MessageBatches),
            (EndpointId.Tokenize, Support.Native),
            (EndpointId.Detokenize, Support.Native),
            (EndpointId.Files, Absent.AccountObjects),
            (EndpointId.Batches, Support.Missing("It does not support batches.", "Send the requests one by one; it batches concurrent requests.")),
            // The engine itself asks for no key on WebSockets (utils/auth.py, #40299); the gateway does.
            (EndpointId.Realtime, Support.Needs("A speech recognition model. Sessions transcribe and do nothing else."))),
        Health = new HealthProbe
        {
            // The list is there before the warm-up is over, and goes on to be answered after SIGTERM, while running requests finish
            // (0.5.23). /ready and /health are 503 in both cases, but /health has an idle engine make one token, unless it was started
            // with SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION=false: it is not asked. Versions without /ready (0.5.18) are judged by the list.
            Path = "/v1/models",
            SendsKey = true,
            Rules = [new(EngineState.Ready, 200, body => body.Contains("\"data\"", StringComparison.Ordinal))],
            Further =
            [
                new("/ready", SendsKey: true, [new(EngineState.Draining, 503), new(EngineState.Ready, 200, string.IsNullOrWhiteSpace)]),
            ],
            Note = "The model list exists once the weights are loaded, so `/ready` is requested after it: 503 until the first warm-up request is done, and again after SIGTERM, "
                + "while running requests finish. For versions without it only the list counts: `/health` is not requested, because it makes an idle engine generate one token.",
        },
        // No variable takes the key.
        Auth = UpstreamAuth.Bearer("--api-key"),
        Models = new ModelListing
        {
            OwnedBy = "sglang",
            // `created` is the time of the call (entrypoints/http_server.py).
            Read = entry => ModelListing.ReadOpenAi(entry) is { } model ? model with { Created = null } : null,
            Note = "`created` is the time of the call and left out, and so are paths. Adapters are listed without a context length.",
        },
        Errors = SgLangErrors.Dialect,
        Requests = SgLangRequests.Dialect,
        Responses = new ResponseDialect
        {
            Reasoning = ReasoningField.ReasoningContent,
            Notes =
            [
                "An answer that an administrator cancelled ends with `abort` and no error; it is retried, or ends as an interrupted one for the client.",
                "Cached tokens are reported on /v1/responses only, unless it was started with `--enable-cache-report` (seen with 0.5.23).",
            ],
        },
        Load = new LoadGauges
        {
            Path = "/metrics",
            Needs = "--enable-metrics",
            Running = ["sglang:num_running_reqs"],
            Waiting = ["sglang:num_queue_reqs"],
            KvCacheUsage = ["sglang:token_usage"],
            PrefixCacheHitRatio = ["sglang:cache_hit_rate"],
        },
        // It answers `/` and `/api/tags` nearly as Ollama does (0.5.23), so it is asked for what it alone has. Open only where the engine has
        // no key. No other engine has a member of this name beside the model's path.
        Detection = new Detection([30000, 8001], "/model_info", answer => answer.Status == 200
            && answer.Body.Contains("\"model_path\"", StringComparison.Ordinal)
            && answer.Body.Contains("\"is_generation\"", StringComparison.Ordinal)),
        Deployment = SgLangDeployment.Value,
    };
}
