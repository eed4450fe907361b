using System.Collections.Frozen;

namespace Gateway.Engines.Endpoints;

/// <summary>The allow-list: only these routes exist, because engines put key-less and dangerous ones beside them.</summary>
public static class EndpointCatalog
{
    private static readonly string[] Get = ["GET"];
    private static readonly string[] Post = ["POST"];
    private static readonly string[] Delete = ["DELETE"];
    private static readonly string[] Objects = ["GET", "POST", "DELETE"];

    /// <summary>Every endpoint, in the order in which the documentation shows them.</summary>
    public static IReadOnlyList<EndpointSpec> All { get; } =
    [
        Own(EndpointId.ModelList, "/v1/models", "list the models of every backend"),
        Own(EndpointId.ModelRetrieve, "/v1/models/{**id}", "describe one model"),
        Json(EndpointId.ChatCompletions, "/v1/chat/completions", "chat", StreamShape.Choices) with { Prompt = "messages" },
        Json(EndpointId.Completions, "/v1/completions", "complete a text", StreamShape.Choices) with { Prompt = "prompt" },
        Json(EndpointId.Embeddings, "/v1/embeddings", "turn text into vectors") with { Prompt = "input" },
        Json(EndpointId.Responses, "/v1/responses", "the Responses API", StreamShape.Responses) with { Prompt = "input", Over = EndpointId.ChatCompletions },
        ById(EndpointId.ResponseRetrieve, Get, "/v1/responses/{id}", "fetch a stored response") with { Stream = StreamShape.Responses },
        ById(EndpointId.ResponseDelete, Delete, "/v1/responses/{id}", "delete a stored response"),
        ById(EndpointId.ResponseCancel, Post, "/v1/responses/{id}/cancel", "cancel a background response"),
        ById(EndpointId.ResponseInputItems, Get, "/v1/responses/{id}/input_items", "list the input of a stored response"),
        Json(EndpointId.ResponseInputTokens, "/v1/responses/input_tokens", "count the input tokens of a response") with { Prompt = "input" },
        Json(EndpointId.ResponseCompact, "/v1/responses/compact", "compact a conversation") with { Prompt = "input" },
        Json(EndpointId.Rerank, "/v1/rerank", "order documents by relevance") with { Prompt = "documents" },
        Json(EndpointId.Score, "/v1/score", "score pairs of texts"),
        Json(EndpointId.Moderations, "/v1/moderations", "classify harmful content") with { Prompt = "input" },
        Form(EndpointId.AudioTranscriptions, "/v1/audio/transcriptions", "speech to text") with { Prompt = "file" },
        Form(EndpointId.AudioTranslations, "/v1/audio/translations", "speech to English text") with { Prompt = "file" },
        Json(EndpointId.AudioSpeech, "/v1/audio/speech", "text to speech", StreamShape.TypedEvents) with { Binary = true, Prompt = "input" },
        Json(EndpointId.ImageGenerations, "/v1/images/generations", "make images", StreamShape.TypedEvents) with { Prompt = "prompt" },
        Form(EndpointId.ImageEdits, "/v1/images/edits", "edit images"),
        Form(EndpointId.ImageVariations, "/v1/images/variations", "vary an image"),
        Json(EndpointId.Messages, "/v1/messages", "the Messages API of Anthropic", StreamShape.Messages) with { AnthropicErrors = true, Prompt = "messages", Over = EndpointId.ChatCompletions },
        Json(EndpointId.MessageCountTokens, "/v1/messages/count_tokens", "count the tokens of a message") with { AnthropicErrors = true, Prompt = "messages", Over = EndpointId.ChatCompletions },
        Json(EndpointId.Tokenize, "/v1/tokenize", "text to token ids") with { Prompt = "prompt" },
        Json(EndpointId.Detokenize, "/v1/detokenize", "token ids to text"),
        ById(EndpointId.Files, Objects, "/v1/files/{**rest}", "files kept by the backend") with { HasContent = true, KeepsFiles = true },
        ById(EndpointId.Batches, ["GET", "POST"], "/v1/batches/{**rest}", "batch jobs") with { WorksOnFiles = true },
        new() { Id = EndpointId.Realtime, Methods = Get, Route = "/v1/realtime", Model = ModelLocation.Query, WebSocket = true, Summary = "speech and text over a WebSocket" },
        Family(EndpointId.RealtimeSessions, "/v1/realtime/{**rest}", "realtime sessions, calls and client secrets"),
        Family(EndpointId.StoredChatCompletions, "/v1/chat/completions/{**rest}", "stored chat completions"),
        Family(EndpointId.Assistants, "/v1/assistants/{**rest}", "assistants"),
        Family(EndpointId.Threads, "/v1/threads/{**rest}", "threads, messages and runs"),
        Family(EndpointId.VectorStores, "/v1/vector_stores/{**rest}", "vector stores"),
        Family(EndpointId.FineTuning, "/v1/fine_tuning/{**rest}", "fine-tuning jobs") with { WorksOnFiles = true },
        Family(EndpointId.Uploads, "/v1/uploads/{**rest}", "uploads in parts") with { KeepsFiles = true },
        Family(EndpointId.Containers, "/v1/containers/{**rest}", "code containers") with { HasContent = true, KeepsFiles = true },
        Family(EndpointId.Conversations, "/v1/conversations/{**rest}", "conversations"),
        Family(EndpointId.Evals, "/v1/evals/{**rest}", "evals and their runs") with { WorksOnFiles = true },
        Family(EndpointId.Videos, "/v1/videos/{**rest}", "videos") with { HasContent = true },
        Family(EndpointId.Skills, "/v1/skills/{**rest}", "skills") with { HasContent = true, KeepsFiles = true },
        Family(EndpointId.ChatKit, "/v1/chatkit/{**rest}", "ChatKit sessions and threads"),
        Family(EndpointId.AudioVoices, "/v1/audio/voices/{**rest}", "custom voices"),
        Family(EndpointId.AudioVoiceConsents, "/v1/audio/voice_consents/{**rest}", "consents for custom voices"),
        Family(EndpointId.ContentProvenance, "/v1/content_provenance_checks/{**rest}", "content provenance checks"),
    ];

    private static readonly FrozenDictionary<EndpointId, EndpointSpec> Index = All.ToFrozenDictionary(spec => spec.Id);

    public static EndpointSpec Find(EndpointId id) => Index[id];

    private static EndpointSpec Own(EndpointId id, string route, string summary) =>
        new() { Id = id, Methods = ["GET", "HEAD"], Route = route, AnsweredHere = true, Summary = summary };

    private static EndpointSpec Json(EndpointId id, string route, string summary, StreamShape stream = StreamShape.None) =>
        new() { Id = id, Methods = Post, Route = route, Model = ModelLocation.Json, Stream = stream, Summary = summary };

    private static EndpointSpec Form(EndpointId id, string route, string summary) =>
        new() { Id = id, Methods = Post, Route = route, Model = ModelLocation.Form, Stream = StreamShape.TypedEvents, Summary = summary };

    private static EndpointSpec ById(EndpointId id, string[] methods, string route, string summary) =>
        new() { Id = id, Methods = methods, Route = route, StoredObjects = true, Summary = summary };

    private static EndpointSpec Family(EndpointId id, string route, string summary) =>
        new() { Id = id, Methods = Objects, Route = route, Family = true, StoredObjects = true, Summary = summary };
}
