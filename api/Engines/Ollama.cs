using System.Text.Json;
using Gateway.Endpoints;

namespace Gateway.Engines;

/// <summary>Ollama. Facts without a source were read from its own at fb3076099687 (2026-08-21, right after v0.33.0-rc2), and hold for v0.32.15.</summary>
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
        ReadAt = "v0.32.15 (b7871fc0) and main fb3076099687",
        Endpoints = SupportTable.Of(
            Absent.AccountObjects,
            (EndpointId.ModelList, Support.Native),
            (EndpointId.ModelRetrieve, Support.Native),
            (EndpointId.ChatCompletions, Support.Partial(
                "`tool_choice`, `parallel_tool_calls`, `n` and `logit_bias` are ignored, images must be `data:` URLs, and a prompt over the context loses its oldest messages without a word.")),
            (EndpointId.Completions, Support.Partial("The prompt must be one string; `n`, `best_of`, `echo` and `logit_bias` are ignored.")),
            (EndpointId.Embeddings, Support.Needs("A model that embeds. The input is text, never token ids, and is cut without a word when it is too long.")),
            (EndpointId.Responses, Support.Partial("Stateless: `previous_response_id` finds nothing.")),
            (EndpointId.ResponseRetrieve, Absent.StoredResponses),
            (EndpointId.ResponseDelete, Absent.StoredResponses),
            (EndpointId.ResponseCancel, Absent.StoredResponses),
            (EndpointId.ResponseInputItems, Absent.StoredResponses),
            (EndpointId.ResponseInputTokens, Absent.InputTokens),
            (EndpointId.ResponseCompact, Absent.Compaction),
            (EndpointId.Rerank, Absent.Rerank),
            (EndpointId.Score, Absent.Score),
            (EndpointId.Moderations, Absent.Moderations),
            (EndpointId.AudioTranscriptions, Support.Needs("A chat model that hears; at most 25 MB of audio.")),
            (EndpointId.AudioTranslations, Absent.Translations),
            (EndpointId.AudioSpeech, Absent.Speech),
            (EndpointId.ImageGenerations, Absent.Images),
            (EndpointId.ImageEdits, Absent.Images),
            (EndpointId.ImageVariations, Absent.Images),
            (EndpointId.Messages, Support.Native),
            (EndpointId.MessageCountTokens, Absent.InputTokens),
            (EndpointId.Tokenize, Absent.TokenIds),
            (EndpointId.Detokenize, Absent.TokenIds),
            (EndpointId.Files, Absent.AccountObjects),
            (EndpointId.Batches, Absent.AccountObjects),
            (EndpointId.Realtime, Absent.Realtime)),
        Health = new HealthProbe
        {
            Path = "/",
            Rules = [new(EngineState.Ready, 200, body => body.Contains("Ollama is running", StringComparison.Ordinal))],
            Note = "Models load on their first request, which waits for that; nothing tells beforehand.",
        },
        Auth = UpstreamAuth.None,
        Models = new ModelListing
        {
            OwnedBy = "library",
            Read = ReadModel,
            Note = "A list of null is an empty one; names that lead to ollama.com are left out.",
        },
        Errors = new ErrorDialect
        {
            Shapes = "OpenAI's envelope with `code` always null; a bare string under `error` for what concerns its cloud; plain text for unknown paths.",
            Rules =
            [
                // llm/llama_server.go:298 and :2443; the last is the text of the llama-server underneath, which comes through.
                ErrorRule.ContextLength("the prompt is longer than the context length", "the input length exceeds the context length", "exceeds the available context size"),
                ErrorRule.UnknownModel("' not found", "\" not found") with { Status = 404 },
                // server/sched.go:88
                new() { Message = ["maximum pending requests exceeded"], AsStatus = 503, AsType = "server_error", AsCode = "overloaded" },
            ],
        },
        Requests = new RequestDialect
        {
            // middleware/openai.go and openai/responses.go: the engine itself runs the search.
            Fixes = [ToolFilter.Without("web_search", "Tools of type `web_search` send their queries to ollama.com and are left out.", EndpointId.Responses)],
            Copies =
            [
                // ollama/ollama#7125, #18575: the newer name is not read, and the answer would have no end.
                new("max_completion_tokens", "max_tokens", true, "`max_completion_tokens` is ignored, so it is given as `max_tokens` too.", EndpointId.ChatCompletions),
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
                "An error in mid-stream arrives as an empty chunk and the end; the missing finish reason gives it away.",
            ],
        },
        Detection = new Detection([11434], "/", answer => answer.Status == 200 && answer.Body.Trim() == "Ollama is running"),
        Deployment = OllamaDeployment.Value,
        // Its HTTP server never closes an idle connection (server/routes.go:2009 sets no deadline).
        IdleConnectionSeconds = 60,
    };

    private static ListedModel? ReadModel(JsonElement entry) =>
        ModelListing.ReadOpenAi(entry) is { } model && !CloudSuffixes.Any(suffix => model.Id.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) ? model : null;
}
