using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>LocalAI. Facts were read from its source at 82c191afadf5 (2026-08-22, v4.9.0 and 22 commits).</summary>
internal static class LocalAi
{
    public static EngineProfile Profile { get; } = new()
    {
        Id = "localai",
        DisplayName = "LocalAI",
        Summary = "One server for text, images, speech and more; it downloads an engine for each kind of model.",
        Docs = "https://localai.io",
        ReadAt = "v4.9.0 and main 82c191afadf5",
        Endpoints = SupportTable.Of(
            Absent.AccountObjects,
            (EndpointId.ModelList, Support.Native),
            (EndpointId.ModelRetrieve, Support.Native),
            (EndpointId.ModelDelete, Absent.ModelDeletion),
            (EndpointId.ChatCompletions, Support.Native),
            // core/http/endpoints/openai/completion.go adds up times, but no tokens, unless it streams.
            (EndpointId.Completions, Support.Partial("Usage is always 0, except in streams.")),
            (EndpointId.Embeddings, Support.Needs("A model with `embeddings: true` in its configuration. Usage is not reported.")),
            (EndpointId.Responses, Support.Native),
            (EndpointId.ResponseRetrieve, Support.Partial("Responses are stored in memory, in one store for all clients.")),
            (EndpointId.ResponseDelete, Support.Missing("Its stored responses cannot be deleted one by one.", "Set LOCALAI_OPEN_RESPONSES_STORE_TTL, so that they expire, or send `store: false`.")),
            (EndpointId.ResponseCancel, Support.Native),
            (EndpointId.ResponseInputItems, Support.Missing("It does not list the input of a response.", "Store the input in your application.")),
            (EndpointId.ResponseInputTokens, Support.Missing("It has no route that counts the tokens of a response.", "Count those of the text with /v1/tokenize.")),
            (EndpointId.ResponseCompact, Absent.Compaction),
            (EndpointId.Rerank, Support.Needs("A reranking model.")),
            (EndpointId.Score, Support.Missing("Its scoring route is for administrators only.", "Use /v1/rerank.")),
            (EndpointId.Moderations, Support.Partial("Text only; the chat model named in the request evaluates it.")),
            (EndpointId.AudioTranscriptions, Support.Needs("A speech recognition model.")),
            (EndpointId.AudioTranslations, Absent.Translations),
            (EndpointId.AudioSpeech, Support.Needs("A speech model.")),
            (EndpointId.ImageGenerations, Support.Needs("An image model.")),
            (EndpointId.ImageEdits, Support.Missing("It has no route of this name.", "Send the image to /v1/images/generations as `file`.")),
            (EndpointId.ImageVariations, Support.Missing("It has no route of this name.", "Send the image to /v1/images/generations as `file`.")),
            (EndpointId.Messages, Support.Native),
            (EndpointId.MessageCountTokens, Support.Missing("It has no route that counts the tokens of a message.", "Count those of the text with /v1/tokenize.")),
            (EndpointId.MessageBatches, Absent.MessageBatches),
            (EndpointId.Tokenize, Support.Partial("Different format: `content` in, `tokens` out.")),
            (EndpointId.Detokenize, Support.Partial("Different format: `tokens` in, `content` out.")),
            (EndpointId.Files, Absent.AccountObjects),
            (EndpointId.Batches, Absent.AccountObjects),
            (EndpointId.Realtime, Support.Needs("A model configured as a pipeline of speech recognition, text and speech.")),
            // core/http/endpoints/openai/realtime.go:324 answers 501: it has no ephemeral keys.
            (EndpointId.RealtimeSessions, Support.Missing("Its realtime sessions cannot be created in advance.", "Connect to /v1/realtime with your key."))),
        Health = new HealthProbe
        {
            Path = "/readyz",
            Rules =
            [
                HealthProbe.Ok,
                // core/http/routes/health.go:35
                new(EngineState.Loading, 503, body => body.Contains("startup preload", StringComparison.Ordinal)),
            ],
            Note = "It covers only the start: models load on their first request, which waits.",
        },
        Auth = UpstreamAuth.Bearer("LOCALAI_API_KEY"),
        Models = new ModelListing { OwnedBy = "localai", Note = "Entries have neither `created` nor `owned_by`; files lying in the model folder are listed too." },
        Errors = LocalAiErrors.Dialect,
        Requests = new RequestDialect
        {
            // Which backend runs the model and how it is loaded (core/http/middleware/request.go, mergeOpenAIRequestAndModelConfig);
            // tool servers, and an assistant that administers the engine: any key counts as an administrator's there.
            StripFields =
            [
                "backend", "model_base_name", "grammar", "grammar_json_functions", "batch", "rope_freq_base", "rope_freq_scale", "pooling", "pooling_half_life_tokens",
                "metadata.mcp_servers", "metadata.localai_assistant",
            ],
            // core/http/endpoints/openai/image.go downloads them; the others are of its videos and voices.
            Media = new MediaFields { Opened = ["file", "files", "image", "images", "ref_images", "init_image", "start_image", "end_image", "audio", "video"] },
            StripHeaders = ["Extra-Usage", "X-Correlation-ID"],
            StripQuery = ["localai_assistant"],
            // A name with a slash is not looked up but downloaded (core/http/middleware/request.go:162).
            OnlyListedModels = true,
        },
        Responses = new ResponseDialect
        {
            Reasoning = ReasoningField.Reasoning,
            // core/http/endpoints/openai/completion.go:199
            ErrorText = "Internal error: ",
            StripHeaders = ["X-LocalAI-*", "Machine-Tag"],
            Notes = ["A stream that fails begins with 200 and an error, or ends with it as if it were text; both become errors."],
        },
        // The address is unlike any other's, and so is the route in it.
        Detection = new Detection([8080, 8001], "/.well-known/localai.json", answer => answer.Status == 200 && answer.Body.Contains("\"/v1/models/capabilities\"", StringComparison.Ordinal)),
        Deployment = LocalAiDeployment.Value,
        // It closes idle connections after 120 s (core/http/app.go:724).
        IdleConnectionSeconds = 60,
    };
}
