namespace Gateway.Engines;

/// <summary>Why a self-hosted engine lacks an endpoint, and what to do instead, in words that fit several engines.</summary>
internal static class Absent
{
    public static Support AccountObjects { get; } = Support.Missing(
        "It stores no objects for its clients.",
        "Store them in your application, or add a backend of one of the kinds in `served_by`.");

    public static Support StoredResponses { get; } = Support.Missing(
        "It does not store responses.",
        "Store the answer in your application, and send the whole conversation with each request.");

    public static Support Compaction { get; } = Support.Missing(
        "It has no compaction of conversations.",
        "Let the model summarise the older turns through /v1/chat/completions, and send the summary in their place.");

    public static Support InputTokens { get; } = Support.Missing(
        "It has no route that counts tokens.",
        "Read `usage.prompt_tokens` of an answer with `max_tokens` 1.");

    public static Support MessageBatches { get; } = Support.Missing(
        "It keeps no batches of messages.",
        "Send the messages one by one to /v1/messages, several at a time.");

    public static Support ModelDeletion { get; } = Support.Missing(
        "It deletes no models for its callers.",
        "Have its operator remove the model where the engine runs.");

    public static Support Moderations { get; } = Support.Missing(
        "It has no classifier.",
        "Use a guard model through /v1/chat/completions.");

    public static Support Rerank { get; } = Support.Missing(
        "It does not support reranking models.",
        "Compare the vectors from /v1/embeddings, or add a backend of one of the kinds in `served_by`.");

    public static Support Score { get; } = Support.Missing(
        "It has no scoring route.",
        "Compare the vectors from /v1/embeddings, or add a backend of one of the kinds in `served_by`.");

    public static Support Transcriptions { get; } = Support.Missing(
        "It has no speech recognition.",
        "Add a backend of one of the kinds in `served_by`.");

    public static Support Translations { get; } = Support.Missing(
        "It has no speech translation.",
        "Transcribe the audio through /v1/audio/transcriptions, and let a model translate the text through /v1/chat/completions.");

    public static Support Speech { get; } = Support.Missing(
        "It does not support speech.",
        "Add a backend of one of the kinds in `served_by`.");

    public static Support Images { get; } = Support.Missing(
        "It does not support images.",
        "Add a backend of one of the kinds in `served_by`.");

    public static Support TokenIds { get; } = Support.Missing(
        "It does not provide its tokenizer.",
        "Use the tokenizer of the model's publisher in your application.");

    public static Support Realtime { get; } = Support.Missing(
        "It has no realtime sessions.",
        "Stream text through /v1/chat/completions.");
}
