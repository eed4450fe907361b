using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>Text Generation Inference. Facts without a source were read from its own at db931fcf42da (v3.3.7, the last release), below router/src.</summary>
internal static class Tgi
{
    private static readonly Support TextOnly = Support.Missing(
        "It generates text and nothing else.", "Add a backend of one of the kinds in `served_by`.");

    private static readonly Support NoResponses = Support.Missing(
        "It has no Responses API.", "Use /v1/chat/completions, and send the whole conversation with each request.");

    private static readonly Support NoMessages = Support.Missing(
        "It does not support the Messages API.", "Use /v1/chat/completions.");

    public static EngineProfile Profile { get; } = new()
    {
        Id = "tgi",
        DisplayName = "TGI",
        Summary = "Hugging Face's Text Generation Inference, in maintenance mode since December 2025.",
        Docs = "https://huggingface.co/docs/text-generation-inference",
        ReadAt = "v3.3.7 (db931fcf42da)",
        Endpoints = SupportTable.Of(
            Absent.AccountObjects,
            (EndpointId.ModelList, Support.Native),
            (EndpointId.ModelRetrieve, Support.Native),
            (EndpointId.ModelDelete, Absent.ModelDeletion),
            (EndpointId.ChatCompletions, Support.Partial(
                "One choice and at most one tool call; `n`, `logit_bias` and `presence_penalty` have no effect. `response_format` accepts a JSON schema with `properties`, "
                + "not plain JSON, and not together with tools. An assistant message with both text and tool calls loses the calls.")),
            (EndpointId.Completions, Support.Partial(
                "The prompt is text, never token ids; `n`, `logprobs`, `echo` and `logit_bias` are ignored, and `suffix` is refused.")),
            (EndpointId.Embeddings, Support.Missing("It does not support embeddings.", "Add a backend of one of the kinds in `served_by`.")),
            (EndpointId.Responses, NoResponses),
            (EndpointId.ResponseRetrieve, NoResponses),
            (EndpointId.ResponseDelete, NoResponses),
            (EndpointId.ResponseCancel, NoResponses),
            (EndpointId.ResponseInputItems, NoResponses),
            (EndpointId.ResponseInputTokens, Support.Missing("It has no Responses API.", "Count the tokens of the text with /v1/tokenize.")),
            (EndpointId.ResponseCompact, Absent.Compaction),
            (EndpointId.Rerank, TextOnly),
            (EndpointId.Score, TextOnly),
            (EndpointId.Moderations, Absent.Moderations),
            (EndpointId.AudioTranscriptions, Absent.Transcriptions),
            (EndpointId.AudioTranslations, Absent.Translations),
            (EndpointId.AudioSpeech, Absent.Speech),
            (EndpointId.ImageGenerations, Absent.Images),
            (EndpointId.ImageEdits, Absent.Images),
            (EndpointId.ImageVariations, Absent.Images),
            (EndpointId.Messages, NoMessages),
            (EndpointId.MessageCountTokens, Support.Missing("It does not support the Messages API.", "Count the tokens of the text with /v1/tokenize.")),
            (EndpointId.MessageBatches, Absent.MessageBatches),
            (EndpointId.Tokenize, Support.Partial("Different format: `inputs` in, a bare list of tokens with `id` and `text` out.", "/tokenize")),
            (EndpointId.Detokenize, Support.Missing("It does not convert token ids to text.", "Use the tokenizer of the model's publisher in your application.")),
            (EndpointId.Files, Absent.AccountObjects),
            (EndpointId.Batches, Support.Missing("It does not support batches.", "Send the requests one by one; it batches concurrent requests.")),
            (EndpointId.Realtime, Absent.Realtime)),
        Health = new HealthProbe
        {
            Path = "/health",
            Rules =
            [
                HealthProbe.Ok,
                new(EngineState.Unreachable, 503, body => body.Contains("\"unhealthy\"", StringComparison.Ordinal)),
            ],
            Note = "It listens only once the model is loaded. The probe does not run the model, except that the first one after a failed generation has it make one token.",
        },
        Auth = UpstreamAuth.Bearer("API_KEY"),
        Models = new ModelListing
        {
            OwnedBy = "tgi",
            // `created` is 0 and `owned_by` is the model again (server.rs, openai_get_model_info).
            Read = entry => ModelListing.ReadOpenAi(entry) is { } model ? model with { Created = null, OwnedBy = null } : null,
            Length = ("/info", info => ModelListing.Tokens(info, "max_total_tokens")),
            Note = "One model; its entry has neither a time nor an owner, and `/info` has the context length.",
        },
        Errors = TgiErrors.Dialect,
        Requests = TgiRequests.Dialect,
        Responses = new ResponseDialect
        {
            // The last chunk has it always, one for each prompt (server.rs, CompletionFinal).
            CompletionUsage = StreamUsage.Always,
            UsageCountsOneChoice = true,
            FillsEmptyId = true,
            // Streams of completions have the raw reasons, and "" before the last chunk (lib.rs, FinishReason::format).
            FinishReasons = new Dictionary<string, string?> { ["eos_token"] = "stop", ["stop_sequence"] = "stop", [""] = null },
            ToolCallsEndWithStop = true,
            StripHeaders =
            [
                "x-compute-*", "x-total-time", "x-validation-time", "x-queue-time", "x-inference-time", "x-time-per-token", "x-prompt-tokens", "x-generated-tokens",
            ],
            Notes =
            [
                "An empty `id` becomes the request's id.",
                "`eos_token` and `stop_sequence` become `stop`, an empty finish reason null, and an answer with a tool call ends with `tool_calls`.",
                "A stream that fails begins with 200 and an error that always says 422; the real status follows from its text.",
            ],
        },
        Load = new LoadGauges
        {
            Path = "/metrics",
            // It counts the tokens of its cache, but not how full it is.
            Running = ["tgi_batch_current_size"],
            Waiting = ["tgi_queue_size"],
        },
        // 8080 is the port of its documentation, 3000 that of the program without its image.
        Detection = new Detection([8080, 3000, 8001], "/info", answer => answer.Status == 200
            && answer.Body.Contains("\"text-generation-router\"", StringComparison.Ordinal)),
        Deployment = TgiDeployment.Value,
    };
}
