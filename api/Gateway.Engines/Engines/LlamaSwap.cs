using System.Text.Json;
using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>
/// llama-swap: a proxy that starts the server of a model when the model is asked for. Answers were captured from main 0bdb3720 (v250 and
/// some commits) in front of llama-server 0.7.0; routes without a capture were read from internal/server/server.go.
/// </summary>
internal static class LlamaSwap
{
    private static readonly Support NoName = Support.Missing(
        "It selects the server by the model's name, and this request has none.",
        "Store the answer in your application, and send the whole conversation with each request.");

    private static readonly Support Counting = Support.Missing(
        "It does not forward this route.",
        "Read `usage.prompt_tokens` of an answer with `max_tokens` 1.");

    public static EngineProfile Profile { get; } = new()
    {
        Id = "llamaswap",
        DisplayName = "llama-swap",
        Summary = "A proxy that starts the server of each model on its first request, and stops another for it.",
        Docs = "https://github.com/mostlygeek/llama-swap",
        ReadAt = "main 0bdb3720 (captured), in front of llama-server 0.7.0",
        // It passes these routes on to whatever server a model is configured with.
        Endpoints = SupportTable.Of(
            Absent.AccountObjects,
            (EndpointId.ModelList, Support.Native),
            (EndpointId.ModelRetrieve, Support.Native),
            (EndpointId.ModelDelete, Absent.ModelDeletion),
            (EndpointId.ChatCompletions, Support.Native),
            (EndpointId.Completions, Support.Native),
            (EndpointId.Embeddings, Support.Needs("An embedding model, with its command configured for that.")),
            (EndpointId.Responses, Support.Needs("A model whose server serves it, such as llama-server or vLLM.")),
            (EndpointId.ResponseRetrieve, NoName),
            (EndpointId.ResponseDelete, NoName),
            (EndpointId.ResponseCancel, NoName),
            (EndpointId.ResponseInputItems, NoName),
            (EndpointId.ResponseInputTokens, Counting),
            (EndpointId.ResponseCompact, Absent.Compaction),
            (EndpointId.Rerank, Support.Needs("A reranking model, with its command configured for that.")),
            (EndpointId.Score, Absent.Score),
            (EndpointId.Moderations, Absent.Moderations),
            (EndpointId.AudioTranscriptions, Support.Needs("A model whose server recognises speech.")),
            (EndpointId.AudioTranslations, Absent.Translations),
            (EndpointId.AudioSpeech, Support.Needs("A model whose server makes speech.")),
            (EndpointId.ImageGenerations, Support.Needs("A model whose server makes images.")),
            (EndpointId.ImageEdits, Support.Needs("A model whose server edits images.")),
            (EndpointId.ImageVariations, Absent.Images),
            (EndpointId.Messages, Support.Needs("A model whose server serves it, such as llama-server or vLLM.")),
            (EndpointId.MessageCountTokens, Support.Needs("A model whose server serves it, such as llama-server or vLLM.")),
            (EndpointId.MessageBatches, Absent.MessageBatches),
            (EndpointId.Tokenize, Counting),
            (EndpointId.Detokenize, Absent.TokenIds),
            (EndpointId.Files, Absent.AccountObjects),
            (EndpointId.Batches, Absent.AccountObjects),
            (EndpointId.Realtime, Absent.Realtime)),
        Health = new HealthProbe
        {
            Path = "/health",
            Rules = [HealthProbe.Ok],
            Note = "It covers only the proxy: the server of a model starts on the first request for it, which waits.",
        },
        Auth = UpstreamAuth.Bearer("`apiKeys` of its configuration"),
        Models = new ModelListing
        {
            OwnedBy = "llama-swap",
            Read = ReadModel,
            Note = "`created` is the time of the call and is omitted. Aliases of a model are listed too.",
        },
        Errors = LlamaSwapErrors.Dialect,
        Requests = new RequestDialect
        {
            // Its models mostly run llama-server, which these members and headers would steer.
            SystemFirst = LlamaCpp.Profile.Requests.SystemFirst,
            ThinkingByTemplate = LlamaCpp.Profile.Requests.ThinkingByTemplate,
            Fixes = LlamaCpp.Profile.Requests.Fixes,
            StripFields = LlamaCpp.Profile.Requests.StripFields,
            StripHeaders = LlamaCpp.Profile.Requests.StripHeaders,
        },
        Responses = new ResponseDialect
        {
            Reasoning = ReasoningField.Either,
            StripHeaders = LlamaCpp.Profile.Responses.StripHeaders,
        },
        // Open only where it has no keys.
        Detection = new Detection([8080], "/running", answer => answer.Status == 200 && answer.Body.StartsWith("{\"running\":[", StringComparison.Ordinal)),
        Deployment = new Deployment
        {
            BaseUrl = "http://host.docker.internal:8080/v1",
            LocalBaseUrl = "http://127.0.0.1:8080/v1",
            ModelName = "A name below `models` in its configuration, or an alias of one.",
            ModelExample = "qwen3-8b",
            Prefix = "LLAMASWAP_",
        },
    };

    private static ListedModel? ReadModel(JsonElement entry) =>
        ModelListing.ReadOpenAi(entry) is { } model ? model with { Created = null, Aliases = Aliases(entry) } : null;

    private static List<string>? Aliases(JsonElement entry)
    {
        if (!entry.TryGetProperty("meta", out var meta) || meta.ValueKind != JsonValueKind.Object
            || !meta.TryGetProperty("llamaswap", out var own) || own.ValueKind != JsonValueKind.Object
            || !own.TryGetProperty("aliases", out var aliases) || aliases.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var names = aliases.EnumerateArray().Where(alias => alias.ValueKind == JsonValueKind.String).Select(alias => alias.GetString()!).ToList();
        return names.Count == 0 ? null : names;
    }
}
