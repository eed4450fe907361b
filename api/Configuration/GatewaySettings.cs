namespace Gateway.Configuration;

/// <summary>What is done with a model name that no backend lists.</summary>
internal enum UnknownModel
{
    Reject,
    Default,
}

/// <summary>Whether engines are sent URLs to fetch.</summary>
internal enum MediaUrls
{
    Pass,
    Deny,
}

/// <summary>A client key: a name for logs and limits, and the SHA-256 of the key. The key itself is not kept.</summary>
internal sealed record ClientKey(string Name, byte[] Hash);

/// <summary>A name that clients may use, and the model it stands for. A pattern ends in <c>*</c>.</summary>
internal sealed record ModelAlias(string Name, string Model)
{
    public bool IsPattern => Name.EndsWith('*');
}

/// <summary>The five deadlines of a request.</summary>
internal sealed record Deadlines
{
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(600);

    public TimeSpan FirstToken { get; init; } = TimeSpan.FromSeconds(600);

    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(120);

    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(3600);
}

/// <summary>The settings of one gateway, read and checked whole before anything starts. Names as in <see cref="SettingCatalog"/>.</summary>
internal sealed record GatewaySettings
{
    public string BackendKind { get; init; } = "auto";

    /// <summary>Roots of the replicas as configured; empty: the profile's own default.</summary>
    public IReadOnlyList<Uri> BackendUrls { get; init; } = [];

    public string? BackendApiKey { get; init; }

    public string? ModelName { get; init; }

    public IReadOnlyList<ClientKey> ApiKeys { get; init; } = [];

    public IReadOnlyList<ModelAlias> ModelAliases { get; init; } = [];

    public UnknownModel UnknownModel { get; init; }

    public ClientKey? AdminApiKey { get; init; }

    public string Host { get; init; } = "127.0.0.1";

    public int Port { get; init; } = 8000;

    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    public MediaUrls MediaUrls { get; init; }

    public long MaxBodyBytes { get; init; } = 64L * 1024 * 1024;

    public Deadlines Deadlines { get; init; } = new();

    /// <summary>Null: no limit.</summary>
    public int? MaxConcurrency { get; init; }

    public int MaxQueue { get; init; }

    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan LoadingWait { get; init; }

    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);
}
