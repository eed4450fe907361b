using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;

namespace Gateway.EndToEndTests.Sdk;

/// <summary>A case of <c>errors.json</c> as the scripts get it.</summary>
internal sealed record NodeError(string Case, ErrorExpectation Expect);

/// <summary>What the scripts run for one engine, and what they must find: <c>tests/js/run.mjs</c>.</summary>
internal sealed record NodeJob
{
    public IReadOnlyList<string> Clients { get; } = ["openai", "messages"];

    public required string BaseUrl { get; init; }

    public string ApiKey { get; init; } = RunningGateway.ClientKey;

    public required string Model { get; init; }

    public required object Expect { get; init; }

    public required IReadOnlyList<NodeError> Errors { get; init; }

    public required IReadOnlyList<NodeError> StreamErrors { get; init; }

    public required IReadOnlyList<NodeError> MessagesErrors { get; init; }

    public required IReadOnlyList<string> Cases { get; init; }

    public static NodeJob For(TestEnvironment environment)
    {
        var fixtures = environment.Engine.Dialect.Fixtures;
        return new NodeJob
        {
            BaseUrl = environment.Gateway.Url.ToString(),
            Model = environment.Engine.Model,
            Expect = Expectation(environment.Engine.Profile, fixtures),
            Errors = ErrorsOf(fixtures.Errors, "/v1/chat/completions"),
            StreamErrors = ErrorsOf(fixtures.StreamErrors, "/v1/chat/completions"),
            MessagesErrors = ErrorsOf(fixtures.Errors, "/v1/messages"),
            Cases = CasesOf(environment.Engine.Profile, fixtures),
        };
    }

    /// <summary>The cases that an engine's endpoints and fixtures allow.</summary>
    public static IReadOnlyList<string> CasesOf(EngineProfile profile, Fixtures fixtures) =>
    [
        "chat", "stream", "stream-usage", "schema", "models", "wrong-key", "unknown-model", "abort", "abort-before-answer", "messages-wrong-key",
        .. fixtures.Has("chat-tools.json") ? (string[])["tools"] : [],
        .. fixtures.Has("chat-tools.sse") ? (string[])["stream-tools"] : [],
        .. fixtures.Has("embeddings.json") ? (string[])["embeddings"] : [],
        .. fixtures.Has("responses.json") || !profile.Endpoints[EndpointId.Responses].Served ? (string[])["responses"] : [],
        .. fixtures.Has("responses.sse") || !profile.Endpoints[EndpointId.Responses].Served ? (string[])["stream-responses"] : [],
        .. Missing(profile) is null ? (string[])[] : ["missing"],
        // Where the engine lacks the API, by translation.
        "messages-unknown-model",
        .. fixtures.Has("messages.json") || !profile.Endpoints[EndpointId.Messages].Served ? (string[])["messages"] : [],
        .. fixtures.Has("messages.sse") || !profile.Endpoints[EndpointId.Messages].Served ? (string[])["messages-stream"] : [],
        .. ErrorsOf(fixtures.Errors, "/v1/chat/completions").Select(error => $"error {error.Case}"),
        .. ErrorsOf(fixtures.StreamErrors, "/v1/chat/completions").Select(error => $"stream-error {error.Case}"),
        .. ErrorsOf(fixtures.Errors, "/v1/messages").Select(error => $"messages-error {error.Case}"),
    ];

    private static object Expectation(EngineProfile profile, Fixtures fixtures) => new
    {
        Text = StoredAnswer.Text(fixtures),
        StreamedText = StoredAnswer.StreamedText(fixtures),
        StreamedReason = StoredAnswer.StreamedReason(fixtures),
        HidesUsage = profile.Responses.ChatUsage == StreamUsage.OnRequest,
        Tool = fixtures.Has("chat-tools.json") ? Tool(fixtures) : null,
        Vector = fixtures.Has("embeddings.json") ? StoredAnswer.Vector(fixtures) : [],
        Models = fixtures.Models.Select(model => model.Id),
        Missing = Missing(profile)?.Route,
    };

    private static object Tool(Fixtures fixtures)
    {
        var (name, arguments) = StoredAnswer.ToolCall(fixtures);
        return new { Name = name, Arguments = arguments };
    }

    private static EndpointSpec? Missing(EngineProfile profile) =>
        EndpointCatalog.All.FirstOrDefault(spec => spec.Model == ModelLocation.Json && !spec.AnthropicErrors && !profile.Endpoints[spec.Id].Served);

    private static IReadOnlyList<NodeError> ErrorsOf(IReadOnlyList<AnswerCase> cases, string endpoint) =>
        [.. cases.Where(one => one.Endpoint == endpoint).Select(one => new NodeError(one.Case, one.Expect))];
}
