using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>The built-in demo: an engine inside the gateway, so that a first request is answered before any engine is installed.</summary>
internal static class Demo
{
    private static readonly Support Nothing = Support.Missing(
        "There is no model behind it.",
        "Start one of the engines in `served_by`, and set BACKEND_KIND to its name.");

    private static readonly Support ChatOnly = Support.Missing(
        "It makes text on /v1/chat/completions only.",
        "Use /v1/chat/completions, or start one of the engines in `served_by` and set BACKEND_KIND to its name.");

    public static EngineProfile Profile { get; } = new()
    {
        Id = "demo",
        DisplayName = "Built-in demo",
        Summary = "Answers without a model, by repeating what it was told: for first steps and for tests of clients.",
        Docs = "https://platform.openai.com/docs/api-reference",
        ReadAt = "this version of the gateway",
        Endpoints = SupportTable.Of(
            Nothing,
            (EndpointId.ModelList, Support.Native),
            (EndpointId.ModelRetrieve, Support.Native),
            (EndpointId.ChatCompletions, Support.Partial(
                "It repeats the last message. It calls a function when `tool_choice` requires one or the message names one. "
                + "A JSON schema as `response_format` is refused.")),
            (EndpointId.Completions, ChatOnly),
            (EndpointId.Embeddings, Support.Partial("Texts are near each other when they share words, whatever the words mean.")),
            (EndpointId.Responses, ChatOnly),
            (EndpointId.ResponseRetrieve, ChatOnly),
            (EndpointId.ResponseDelete, ChatOnly),
            (EndpointId.ResponseCancel, ChatOnly),
            (EndpointId.ResponseInputItems, ChatOnly),
            (EndpointId.ResponseInputTokens, ChatOnly),
            (EndpointId.ResponseCompact, ChatOnly),
            (EndpointId.Rerank, Nothing),
            (EndpointId.Score, Nothing),
            (EndpointId.Moderations, Nothing),
            (EndpointId.AudioTranscriptions, Nothing),
            (EndpointId.AudioTranslations, Nothing),
            (EndpointId.AudioSpeech, Nothing),
            (EndpointId.ImageGenerations, Nothing),
            (EndpointId.ImageEdits, Nothing),
            (EndpointId.ImageVariations, Nothing),
            (EndpointId.Messages, Nothing),
            (EndpointId.MessageCountTokens, Nothing),
            (EndpointId.Tokenize, Nothing),
            (EndpointId.Detokenize, Nothing),
            (EndpointId.Files, Nothing),
            (EndpointId.Batches, Nothing),
            (EndpointId.Realtime, Nothing)),
        Health = new HealthProbe
        {
            Path = "/health",
            Rules = [new(EngineState.Ready, 200, string.IsNullOrWhiteSpace)],
        },
        Auth = UpstreamAuth.None,
        Models = new ModelListing { OwnedBy = "gateway-demo" },
        Errors = new ErrorDialect { Shapes = "OpenAI's own." },
        Deployment = new Deployment
        {
            // Never used: the gateway takes a free port when it starts the engine.
            BaseUrl = "http://127.0.0.1/v1",
            ModelName = "Its only model is `demo`.",
            ModelExample = "demo",
            Prefix = "DEMO_",
        },
        // Its server keeps idle connections for two minutes.
        IdleConnectionSeconds = 60,
        Demonstration = true,
    };
}
