using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Management.Api;

/// <summary>What an engine is for, in one word, told by what it serves.</summary>
internal static class Modality
{
    /// <summary>The first that an engine serves is what it is for.</summary>
    private static readonly (EndpointId Endpoint, string Word)[] Words =
    [
        (EndpointId.ChatCompletions, "text"),
        (EndpointId.Embeddings, "embeddings"),
        (EndpointId.Rerank, "reranker"),
        (EndpointId.AudioTranscriptions, "asr"),
        (EndpointId.AudioSpeech, "tts"),
        (EndpointId.ImageGenerations, "image"),
    ];

    public static string Of(EngineProfile profile) =>
        Words.Where(word => profile.Endpoints[word.Endpoint].Level != SupportLevel.Missing).Select(word => word.Word).FirstOrDefault("text");
}
