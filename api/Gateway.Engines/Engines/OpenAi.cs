using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>OpenAI itself, or any service that keeps to its API: the reference every other profile is compared with.</summary>
internal static class OpenAi
{
    private static readonly Support Other = Support.Missing(
        "It is not part of the OpenAI API.",
        "Use a backend whose engine serves it.");

    public static EngineProfile Profile { get; } = new()
    {
        Id = "openai",
        DisplayName = "OpenAI-compatible",
        Summary = "OpenAI's API, or any service compatible with it.",
        Docs = "https://platform.openai.com/docs/api-reference",
        ReadAt = "OpenAPI description 2.3.0 (openai/openai-openapi f85dbe223d40)",
        Endpoints = SupportTable.Of(
            Support.Native,
            (EndpointId.ModelList, Support.Native),
            (EndpointId.ModelRetrieve, Support.Native),
            (EndpointId.ModelDelete, Support.Native),
            (EndpointId.ChatCompletions, Support.Native),
            (EndpointId.Completions, Support.Native),
            (EndpointId.Embeddings, Support.Native),
            (EndpointId.Responses, Support.Native),
            (EndpointId.ResponseRetrieve, Support.Native),
            (EndpointId.ResponseDelete, Support.Native),
            (EndpointId.ResponseCancel, Support.Native),
            (EndpointId.ResponseInputItems, Support.Native),
            (EndpointId.ResponseInputTokens, Support.Native),
            (EndpointId.ResponseCompact, Support.Native),
            (EndpointId.Rerank, Other),
            (EndpointId.Score, Other),
            (EndpointId.Moderations, Support.Native),
            (EndpointId.AudioTranscriptions, Support.Native),
            (EndpointId.AudioTranslations, Support.Native),
            (EndpointId.AudioSpeech, Support.Native),
            (EndpointId.ImageGenerations, Support.Native),
            (EndpointId.ImageEdits, Support.Native),
            (EndpointId.ImageVariations, Support.Native),
            (EndpointId.Messages, Other),
            (EndpointId.MessageCountTokens, Other),
            (EndpointId.MessageBatches, Support.Missing("It is no part of the OpenAI API.", "Send the requests as a batch of that API, to /v1/batches.")),
            (EndpointId.Tokenize, Other),
            (EndpointId.Detokenize, Other),
            (EndpointId.Files, Support.Native),
            (EndpointId.Batches, Support.Native),
            (EndpointId.Realtime, Support.Native)),
        // No health path exists (OpenAPI 2.3.0): the model list is the only cheap question that proves the key too.
        Health = new HealthProbe
        {
            Path = "/v1/models",
            SendsKey = true,
            Rules = [new(EngineState.Ready, 200, body => body.Contains("\"data\"", StringComparison.Ordinal))],
            Note = "There is no health path, so the model list is requested.",
        },
        Auth = UpstreamAuth.Bearer(null),
        Models = new ModelListing { OwnedBy = "openai" },
        Errors = new ErrorDialect { Shapes = "The reference: nothing is translated unless the service differs from it." },
        Requests = new RequestDialect
        {
            RunsServerTools = true,
            SearchesTools = true,
            // They choose which of the operator's organisations and projects pays.
            StripHeaders = ["OpenAI-Organization", "OpenAI-Project"],
        },
        Responses = new ResponseDialect
        {
            // The operator's account, and the cookies of the network in front of the service.
            StripHeaders = ["openai-organization", "openai-project", "Set-Cookie", "cf-*"],
        },
        Deployment = new Deployment
        {
            BaseUrl = "https://api.openai.com/v1",
            ModelName = "The id of a model of that service.",
            ModelExample = "gpt-4o-mini",
            Prefix = "OPENAI_",
        },
        IdleConnectionSeconds = 60,
    };
}
