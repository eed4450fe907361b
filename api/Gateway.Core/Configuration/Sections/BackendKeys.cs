using Gateway.Engines;

namespace Gateway.Core.Configuration;

/// <summary>
/// What a backend of the file may say. A new setting is a key here and a line in <see cref="BackendSection"/>; schema, documentation and
/// messages follow.
/// </summary>
internal static class BackendKeys
{
    public const string NameTakes = "1 to 64 letters, digits, `-`, `_` or `.`";
    public const string NamePattern = "^[A-Za-z0-9._-]{1,64}$";
    public const string ModelPattern = "^.{1,512}$";

    public static readonly YamlKey<string> Name = new("name", YamlShapes.Text(NameTakes, SettingParsers.Name, NamePattern),
        "what it is called: in fallbacks, in logs and metrics, and in the header `x-gateway-backend`")
    { Required = true };

    public static readonly YamlKey<string> Kind = new("kind", YamlShapes.Choice([.. EngineCatalog.All.Select(engine => engine.Id)]),
        "the engine that it is")
    { Required = true };

    public static readonly YamlKey<ReplicaSettings> Url = new("url", ReplicaSection.Single,
        "where it answers, with or without `/v1`; the short form of `urls` for one")
    { Default = "the kind's usual one", NeverEmpty = true };

    public static readonly YamlKey<IReadOnlyList<YamlFound<ReplicaSettings>>> Urls = new("urls", YamlShapes.List(YamlShapes.Found(ReplicaSection.Shape)),
        "where its replicas answer: they serve the same models, and requests are spread over them");

    public static readonly YamlKey<string> ApiKey = new("api_key", YamlShapes.Secret("printable text without spaces", SettingParsers.HeaderValue, "^[!-~]{1,512}$"),
        "the engine's own key, best as `${NAME}`; clients never see it");

    public static readonly YamlKey<IReadOnlyList<YamlEntry<string>>> Models = new("models", new YamlMapShape<string>(
            YamlShapes.Text("at most 512 characters, `*` only at the end", SettingParsers.AliasName, @"^[^*]{0,511}[^*]?\*?$"),
            YamlShapes.Text("at most 512 characters", SettingParsers.Model, ModelPattern)),
        "names that clients may use, each with the engine's own name for the model; `*` at the end of a name matches the rest");

    public static readonly YamlKey<long> ContextWindow = new("context_window", YamlShapes.Whole(1, 100_000_000),
        "the longest prompt and answer together, in tokens; a fallback with a larger one takes what did not fit");

    public static readonly YamlKey<bool> PrefixAffinity = new("prefix_affinity", YamlShapes.Flag,
        "requests with the same beginning go to the same replica, whose cache knows it, while that one is not busier than the others")
    { Default = "GATEWAY_PREFIX_AFFINITY" };

    public static readonly YamlKey<TimeSpan> WarmUp = new("warm_up", YamlShapes.Seconds(0),
        "how long a replica takes that was away, until it gets its whole share of the requests again")
    { Default = "GATEWAY_WARMUP_SECONDS" };

    public static readonly YamlKey<string> StreamPlain = new("stream_plain", YamlShapes.Choice(SettingParsers.StreamPlainWords),
        "ask for plain completions as a stream and put them together here, so that callers who leave and deadlines end the engine's work")
    { Default = "GATEWAY_STREAM_PLAIN" };

    public static readonly YamlKey<string> Translate = new("translate", YamlShapes.Choice(SettingParsers.TranslateWords),
        "serve `/v1/messages` and `/v1/responses` by translation to chat completions: where the engine lacks them, always, or never")
    { Default = "GATEWAY_TRANSLATE" };

    public static readonly YamlKey<string> Resume = new("resume", YamlShapes.Choice(SettingParsers.ResumeWords),
        "a stream that breaks half way: end it with an error event, or hold every stream back until it is whole, so that a broken one is tried again unseen, or let another replica or a fallback go on from the text so far (plain chat only)")
    { Default = "GATEWAY_RESUME" };

    public static readonly YamlKey<string> ServerTools = new("server_tools", YamlShapes.Choice(SettingParsers.ServerToolWords),
        "tools that the engine would run itself, such as searches of the web: `auto` lets them pass for the kind `openai` only")
    { Default = "GATEWAY_SERVER_TOOLS" };

    public static readonly YamlKey<bool> ClampTokens = new("clamp_max_tokens", YamlShapes.Flag,
        "lower a limit for the answer's tokens that is above the model's context, where the engine refuses it")
    { Default = "GATEWAY_CLAMP_MAX_TOKENS" };

    public static readonly YamlKey<long> MaxConcurrency = new("max_concurrency", YamlShapes.Whole(1, 100_000),
        "requests that it is given at once")
    { Default = "GATEWAY_MAX_CONCURRENCY" };

    public static readonly YamlKey<long> MaxQueue = new("max_queue", YamlShapes.Whole(0, 100_000),
        "requests that may wait behind those")
    { Default = "GATEWAY_MAX_QUEUE" };

    public static readonly YamlKey<TimeSpan> QueueTimeout = new("queue_timeout", YamlShapes.Seconds(),
        "longest wait in that queue")
    { Default = "GATEWAY_QUEUE_TIMEOUT_SECONDS" };

    public static readonly YamlKey<Deadlines> Deadlines = new("deadlines", DeadlineSection.Shape,
        "deadlines of its own; what is left out is as in the environment");

    public static readonly YamlKey<long> Retries = new("retries", YamlShapes.Whole(0, 5),
        "further attempts while nothing has been sent to the client")
    { Default = "GATEWAY_RETRIES" };

    public static readonly YamlKey<double> RetryBudget = new("retry_budget_percent", YamlShapes.Number(0, 100),
        "retries as a share of requests over the long run")
    { Default = "GATEWAY_RETRY_BUDGET_PERCENT" };

    public static readonly YamlKey<ResilienceSettings> Breaker = new("breaker", BreakerSection.Shape,
        "when a replica that fails is left alone for a while");

    public static YamlTable Table { get; } = new("backends[]",
    [
        Name, Kind, Url, Urls, ApiKey, Models, ContextWindow, PrefixAffinity, StreamPlain, Translate, Resume, ServerTools, ClampTokens, WarmUp,
        MaxConcurrency, MaxQueue, QueueTimeout, Deadlines, Retries, RetryBudget, Breaker,
    ]);
}
