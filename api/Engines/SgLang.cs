using Gateway.Endpoints;

namespace Gateway.Engines;

/// <summary>SGLang. Facts without a source were read from its own at v0.5.18 (71de97b264b0, 2026-08-20), below python/sglang/srt; numbers with a # are its issues and pull requests.</summary>
internal static class SgLang
{
    private static readonly Support Stored = Support.Partial("Responses are kept in the memory of one process until it stops, and one store serves all callers.");

    public static EngineProfile Profile { get; } = new()
    {
        Id = "sglang",
        DisplayName = "SGLang",
        Summary = "Serves one model to many users at once, and is quick where prompts begin alike.",
        Docs = "https://docs.sglang.ai",
        ReadAt = "v0.5.18 (71de97b264b0)",
        // Every route is there whatever the model; one that does not fit it answers 400.
        Endpoints = SupportTable.Of(
            Absent.AccountObjects,
            (EndpointId.ModelList, Support.Native),
            (EndpointId.ModelRetrieve, Support.Native),
            (EndpointId.ChatCompletions, Support.Partial(
                "Tool calls stay plain text unless it was started with `--tool-call-parser`, and `response_format` does not go together with a forced tool.")),
            (EndpointId.Completions, Support.Native),
            (EndpointId.Embeddings, Support.Needs("An embedding model, or another started with `--is-embedding`.")),
            (EndpointId.Responses, Support.Partial("Responses are kept in memory until it stops, unless the request says `store: false`.")),
            (EndpointId.ResponseRetrieve, Stored),
            (EndpointId.ResponseDelete, Support.Missing("Its stored responses cannot be deleted.", "Send `store: false`, so that nothing is kept.")),
            (EndpointId.ResponseCancel, Stored),
            (EndpointId.ResponseInputItems, Support.Missing("It does not list the input of a response.", "Keep the input in your application.")),
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
            (EndpointId.Tokenize, Support.Native),
            (EndpointId.Detokenize, Support.Native),
            (EndpointId.Files, Absent.AccountObjects),
            (EndpointId.Batches, Support.Missing("It keeps no batches.", "Send the requests one by one; it batches whatever arrives at the same time.")),
            // The engine itself asks for no key on WebSockets (utils/auth.py, #40299); the gateway does.
            (EndpointId.Realtime, Support.Needs("A speech recognition model. Sessions transcribe and do nothing else."))),
        Health = new HealthProbe
        {
            // /health generates a token at every call and takes a second or more, unless the engine was started with
            // SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION=false, which cannot be told from outside; it also fails during long
            // prefills (#22511, #10856). Nothing else that is free says more than the list: /ping is 200 from the start.
            Path = "/v1/models",
            SendsKey = true,
            Rules = [new(EngineState.Ready, 200, body => body.Contains("\"data\"", StringComparison.Ordinal))],
            Note = "Its own `/health` costs a token at every call unless SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION is false, so the model list is asked: "
                + "it is there once the weights are loaded, while the first warm-up request may still run. Our container has the switch set, and its health check uses `/health`.",
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
            Notes = ["An answer that an operator cancelled ends with `abort` and no error; it is tried again, or to clients an interrupted one."],
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
        // Open only where the engine has no key. No other engine has a member of this name beside the model's path.
        Detection = new Detection([30000, 8001], "/model_info", answer => answer.Status == 200
            && answer.Body.Contains("\"model_path\"", StringComparison.Ordinal)
            && answer.Body.Contains("\"is_generation\"", StringComparison.Ordinal)),
        Deployment = SgLangDeployment.Value,
    };
}
