namespace Gateway.Core.Configuration;

/// <summary>What is done with a model name that no backend lists.</summary>
public enum UnknownModel
{
    Reject,
    Default,
}

/// <summary>How the log is written.</summary>
public enum LogFormat
{
    Console,
    Json,
}

/// <summary>Whether engines are sent URLs to fetch.</summary>
public enum MediaUrls
{
    Pass,
    Deny,
}

/// <summary>A name that clients may use, and the model it stands for. A pattern ends in <c>*</c>.</summary>
public sealed record ModelAlias(string Name, string Model)
{
    public bool IsPattern => Name.EndsWith('*');
}

/// <summary>The settings of one gateway, read and checked whole before anything starts. Names as in <see cref="SettingCatalog"/>.</summary>
public sealed record GatewaySettings
{
    public const string Auto = "auto";

    /// <summary>The backends, in the order in which they are asked for a model. A kind of <see cref="Auto"/> is looked for at start.</summary>
    public required IReadOnlyList<BackendSettings> Backends { get; init; }

    /// <summary>The environment's deadlines, limits and retries, for backends that nobody has written down.</summary>
    public BackendSettings BackendDefaults { get; init; } = new() { Name = Auto, Kind = Auto };

    /// <summary>By the model's name as clients use it: what answers when its own backend does not, in order.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<FallbackTarget>> Fallbacks { get; init; } = new Dictionary<string, IReadOnlyList<FallbackTarget>>();

    /// <summary>Installed engines that run only while they are used.</summary>
    public OnDemandSettings OnDemand { get; init; } = new();

    public string? ModelName { get; init; }

    public IReadOnlyList<ClientKey> ApiKeys { get; init; } = [];

    public IReadOnlyList<ModelAlias> ModelAliases { get; init; } = [];

    public UnknownModel UnknownModel { get; init; }

    public ClientKey? AdminApiKey { get; init; }

    public string Host { get; init; } = "127.0.0.1";

    public int Port { get; init; } = 8000;

    /// <summary>The port that is only for metrics; null: they are on the gateway's own.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Where that port is listened on; null: as <see cref="Host"/>.</summary>
    public string? MetricsHost { get; init; }

    public LogFormat LogFormat { get; init; }

    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    public MediaUrls MediaUrls { get; init; }

    /// <summary>Names of the client keys that may use stored objects, and share them; <c>*</c>: all.</summary>
    public IReadOnlyList<string> ObjectKeys { get; init; } = [];

    /// <summary>Some key may not use stored objects: there are several, and behind an engine's one account they would see each other's.</summary>
    public bool ClosesObjects => ApiKeys.Count > 1 && !ObjectKeys.Contains("*");

    public long MaxBodyBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>What the bodies of all requests may take together; null: a share of the memory that there is.</summary>
    public long? BodyMemoryBytes { get; init; }

    public TimeSpan LoadingWait { get; init; }

    /// <summary>How often a streaming caller who has to wait is sent a comment.</summary>
    public TimeSpan HoldInterval { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    public TracingSettings Tracing { get; init; } = new();

    public ManagementSettings Management { get; init; } = new();

    /// <summary>The file that a part of these settings comes from; null: all of them come from the environment.</summary>
    public string? File { get; init; }

    /// <summary>What is allowed but hardly meant, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Says whether a key may use stored objects.</summary>
    public bool MayUseObjects(ClientKey? key) => key is null || !ClosesObjects || ObjectKeys.Contains(key.Name);
}
