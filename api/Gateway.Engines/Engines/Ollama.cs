using System.Text.Json;
using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>Ollama. Answers were captured from main fb3076099687 (2026-08-21, right after v0.33.0-rc2); facts without a source were read from the same commit, and hold for v0.32.15.</summary>
internal static class Ollama
{
    // A model tag that ends so sends the whole request to ollama.com (internal/modelref/modelref.go).
    private static readonly string[] CloudSuffixes = [":cloud", "-cloud"];

    public static EngineProfile Profile { get; } = new()
    {
        Id = "ollama",
        DisplayName = "Ollama",
        Summary = "Runs many GGUF models by name, loading each on its first request.",
        Docs = "https://docs.ollama.com",
        ReadAt = "main fb3076099687 (captured), v0.32.15 (b7871fc0)",
        Endpoints = SupportTable.Of(
            Absent.AccountObjects,
            (EndpointId.ModelList, Support.Native),
            (EndpointId.ModelRetrieve, Support.Native),
            (EndpointId.ModelDelete, Absent.ModelDeletion),
            (EndpointId.ChatCompletions, Support.Partial(
                "`tool_choice`, `parallel_tool_calls`, `n` and `logit_bias` are ignored, images must be `data:` URLs, and when several messages exceed the context, the oldest are silently dropped (a single one is refused). `reasoning_effort` may be `ultra` or `max` too, and any value except `none` is refused by models without reasoning. `max_tokens` 0 is one token. Arguments of tool calls that are not a JSON object, such as an empty string, are refused.")),
            (EndpointId.Completions, Support.Partial("The prompt must be one string, and is silently truncated if it is too long; `n`, `best_of`, `echo`, `logprobs` and `logit_bias` are ignored, and `max_tokens` 0 means no limit.")),
            (EndpointId.Embeddings, Support.Needs("An embedding model. The input is text, never token ids, and is silently truncated if it is too long.")),
            (EndpointId.Responses, Support.Partial("Stateless: `previous_response_id` and `background` are ignored. The status is `completed` even when the answer was cut at its token limit.")),
            (EndpointId.ResponseRetrieve, Absent.StoredResponses),
            (EndpointId.ResponseDelete, Absent.StoredResponses),
            (EndpointId.ResponseCancel, Absent.StoredResponses),
            (EndpointId.ResponseInputItems, Absent.StoredResponses),
            (EndpointId.ResponseInputTokens, Absent.InputTokens),
            (EndpointId.ResponseCompact, Absent.Compaction),
            (EndpointId.Rerank, Absent.Rerank),
            (EndpointId.Score, Absent.Score),
            (EndpointId.Moderations, Absent.Moderations),
            (EndpointId.AudioTranscriptions, Support.Needs("A chat model with audio input; at most 25 MB of audio.")),
            (EndpointId.AudioTranslations, Absent.Translations),
            (EndpointId.AudioSpeech, Absent.Speech),
            (EndpointId.ImageGenerations, Absent.Images),
            (EndpointId.ImageEdits, Absent.Images),
            (EndpointId.ImageVariations, Absent.Images),
            (EndpointId.Messages, Support.Native),
            (EndpointId.MessageCountTokens, Absent.InputTokens),
            (EndpointId.MessageBatches, Absent.MessageBatches),
            (EndpointId.Tokenize, Absent.TokenIds),
            (EndpointId.Detokenize, Absent.TokenIds),
            (EndpointId.Files, Absent.AccountObjects),
            (EndpointId.Batches, Absent.AccountObjects),
            (EndpointId.Realtime, Absent.Realtime)),
        Health = new HealthProbe
        {
            Path = "/",
            Rules = [new(EngineState.Ready, 200, body => body.Contains("Ollama is running", StringComparison.Ordinal))],
            Note = "Models load on their first request, which waits; nothing indicates it beforehand.",
        },
        Auth = UpstreamAuth.None,
        Models = new ModelListing
        {
            OwnedBy = "library",
            Read = ReadModel,
            Spelling = Spell,
            Note = "Names without a tag mean `:latest`, and the case of letters does not matter. A null list is an empty one; names that refer to ollama.com are omitted.",
        },
        Errors = OllamaErrors.Dialect,
        Requests = new RequestDialect
        {
            Fixes = [ToolFunctions.WithArguments("A call whose arguments are an empty text is refused (main fb3076099687); they become `{}`.")],
            Copies =
            [
                // ollama/ollama#7125, #18575: the newer name is not read, and the answer would have no end.
                new("max_completion_tokens", "max_tokens", true, "`max_completion_tokens` is ignored, so it is sent as `max_tokens` too.", EndpointId.ChatCompletions),
            ],
            // Answers the rendered prompt instead of running it (openai/openai.go).
            StripFields = ["_debug_render_only"],
            RefusedModelSuffixes = CloudSuffixes,
        },
        Responses = new ResponseDialect
        {
            Reasoning = ReasoningField.Reasoning,
            // An empty prompt only loads the model, and an unload request only unloads it (server/routes.go:412, :483).
            FinishReasons = new Dictionary<string, string?> { ["load"] = "stop", ["unload"] = "stop" },
            Notes =
            [
                "The finish reasons `load` and `unload` become `stop`.",
                // server/routes.go:2109 with middleware/openai.go:80
                "An error in mid-stream arrives as an empty chunk and the end, on Responses and Messages as the end only; the missing finish reason reveals it.",
            ],
        },
        Detection = new Detection([11434], "/", answer => answer.Status == 200 && answer.Body.Trim() == "Ollama is running"),
        Native = OllamaNativeApi.Value,
        Deployment = OllamaDeployment.Value,
        // Its HTTP server never closes an idle connection (server/routes.go:2009 sets no deadline).
        IdleConnectionSeconds = 60,
    };

    // Measured on main fb3076099687: `tiny`, `TINY` and `tiny:latest` are one model. A colon before the last slash is a port.
    private static string Spell(string name) =>
        (name.LastIndexOf(':') > name.LastIndexOf('/') ? name : name + ":latest").ToLowerInvariant();

    private static ListedModel? ReadModel(JsonElement entry) =>
        ModelListing.ReadOpenAi(entry) is { } model && !CloudSuffixes.Any(suffix => model.Id.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) ? model : null;
}
