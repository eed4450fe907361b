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
        "the name used in fallbacks, logs, metrics and the header `x-gateway-backend`")
    { Required = true };

    public static readonly YamlKey<string> Kind = new("kind", YamlShapes.Choice([.. EngineCatalog.All.Select(engine => engine.Id)]),
        "the kind of engine")
    { Required = true };

    public static readonly YamlKey<ReplicaSettings> Url = new("url", ReplicaSection.Single,
        "its URL, with or without `/v1`; the short form of `urls` for one replica")
    { Default = "the default of the kind", NeverEmpty = true };

    public static readonly YamlKey<IReadOnlyList<YamlFound<ReplicaSettings>>> Urls = new("urls", YamlShapes.List(YamlShapes.Found(ReplicaSection.Shape)),
        "the URLs of its replicas: they serve the same models, and requests are balanced across them");

    public static readonly YamlKey<string> ApiKey = new("api_key", YamlShapes.Secret("printable text without spaces", SettingParsers.HeaderValue, "^[!-~]{1,512}$"),
        "the engine's key, preferably as `${NAME}`; clients never see it");

    public static readonly YamlKey<IReadOnlyList<YamlEntry<string>>> Models = new("models", new YamlMapShape<string>(
            YamlShapes.Text("at most 512 characters, `*` only at the end", SettingParsers.AliasName, @"^[^*]{0,511}[^*]?\*?$"),
            YamlShapes.Text("at most 512 characters", SettingParsers.Model, ModelPattern)),
        "names that clients may use, each with the engine's own name for the model; `*` at the end of a name matches the rest");

    public static readonly YamlKey<long> ContextWindow = new("context_window", YamlShapes.Whole(1, 100_000_000),
        "maximum tokens of prompt and answer together; a request that does not fit goes to a fallback with a larger window");

    public static readonly YamlKey<bool> PrefixAffinity = new("prefix_affinity", YamlShapes.Flag,
        "send requests with the same beginning to the same replica, which has it in its cache, while that one is not busier than the others")
    { Default = "GATEWAY_PREFIX_AFFINITY" };

    public static readonly YamlKey<TimeSpan> WarmUp = new("warm_up", YamlShapes.Seconds(0),
        "how long a replica that has recovered takes to get its full share of requests again")
    { Default = "GATEWAY_WARMUP_SECONDS" };

    public static readonly YamlKey<string> StreamPlain = new("stream_plain", YamlShapes.Choice(SettingParsers.StreamPlainWords),
        "request non-streaming completions as a stream and assemble them in the gateway, so that disconnects and deadlines stop the engine's work")
    { Default = "GATEWAY_STREAM_PLAIN" };

    public static readonly YamlKey<string> Translate = new("translate", YamlShapes.Choice(SettingParsers.TranslateWords),
        "serve `/v1/messages` and `/v1/responses` by translation to chat completions: if the engine lacks them (`auto`), always, or never")
    { Default = "GATEWAY_TRANSLATE" };

    public static readonly YamlKey<string> Resume = new("resume", YamlShapes.Choice(SettingParsers.ResumeWords),
        "what happens when a stream breaks halfway: end it with an error event, or buffer every stream until it is complete, so that a broken one is retried unnoticed, or let another replica or a fallback continue from the text so far (chat without tools only)")
    { Default = "GATEWAY_RESUME" };

    public static readonly YamlKey<string> ServerTools = new("server_tools", YamlShapes.Choice(SettingParsers.ServerToolWords),
        "tools that the engine would run itself, such as web search: `auto` passes them to the kind `openai` only")
    { Default = "GATEWAY_SERVER_TOOLS" };

    public static readonly YamlKey<bool> ClampTokens = new("clamp_max_tokens", YamlShapes.Flag,
        "lower a token limit above the model's context if the engine would refuse it")
    { Default = "GATEWAY_CLAMP_MAX_TOKENS" };

    public static readonly YamlKey<string> MergeSystem = new("merge_system", YamlShapes.Choice(SettingParsers.MergeSystemWords),
        "texts of the system and of developers anywhere in a conversation: `auto` joins them into one that stands first where the engine's templates refuse them elsewhere")
    { Default = "GATEWAY_MERGE_SYSTEM" };

    public static readonly YamlKey<long> MaxConcurrency = new("max_concurrency", YamlShapes.Whole(1, 100_000),
        "maximum concurrent requests to it")
    { Default = "GATEWAY_MAX_CONCURRENCY" };

    public static readonly YamlKey<long> MaxQueue = new("max_queue", YamlShapes.Whole(0, 100_000),
        "requests that may wait for admission")
    { Default = "GATEWAY_MAX_QUEUE" };

    public static readonly YamlKey<TimeSpan> QueueTimeout = new("queue_timeout", YamlShapes.Seconds(),
        "longest wait in that queue")
    { Default = "GATEWAY_QUEUE_TIMEOUT_SECONDS" };

    public static readonly YamlKey<Deadlines> Deadlines = new("deadlines", DeadlineSection.Shape,
        "deadlines of this backend; those that are not set are as in the environment");

    public static readonly YamlKey<long> Retries = new("retries", YamlShapes.Whole(0, 5),
        "additional attempts until something has been sent to the client")
    { Default = "GATEWAY_RETRIES" };

    public static readonly YamlKey<double> RetryBudget = new("retry_budget_percent", YamlShapes.Number(0, 100),
        "retries as a long-term share of requests")
    { Default = "GATEWAY_RETRY_BUDGET_PERCENT" };

    public static readonly YamlKey<ResilienceSettings> Breaker = new("breaker", BreakerSection.Shape,
        "when a failing replica gets no requests for a while");

    public static YamlTable Table { get; } = new("backends[]",
    [
        Name, Kind, Url, Urls, ApiKey, Models, ContextWindow, PrefixAffinity, StreamPlain, Translate, Resume, ServerTools, ClampTokens, MergeSystem, WarmUp,
        MaxConcurrency, MaxQueue, QueueTimeout, Deadlines, Retries, RetryBudget, Breaker,
    ]);
}
