namespace Gateway.Core.Configuration;

/// <summary>One backend as configured: an engine kind with one or more replicas that serve the same models.</summary>
public sealed record BackendSettings
{
    public required string Name { get; init; }

    /// <summary>Id of the engine's profile.</summary>
    public required string Kind { get; init; }

    /// <summary>Base URLs of the replicas; empty: the profile's own default.</summary>
    public IReadOnlyList<ReplicaSettings> Replicas { get; init; } = [];

    /// <summary>The engine's own key, sent in the form its profile says.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Names clients may use on this backend, and the engine's name for each.</summary>
    public IReadOnlyList<ModelAlias> Models { get; init; } = [];

    public Deadlines Deadlines { get; init; } = new();

    public AdmissionSettings Admission { get; init; } = new();

    public ResilienceSettings Resilience { get; init; } = new();

    /// <summary>How long a replica takes that was away, until it gets its whole share of the work again.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests with the same beginning go to the same replica while it is not busier than the others.</summary>
    public bool PrefixAffinity { get; init; }

    public StreamPlain StreamPlain { get; init; }

    public Translate Translate { get; init; }

    public Resume Resume { get; init; }

    public ServerToolRule ServerTools { get; init; }

    /// <summary>A limit for the answer's tokens above the model's context is lowered to it, where the engine refuses it.</summary>
    public bool ClampTokens { get; init; } = true;

    /// <summary>The longest prompt and answer together, in tokens, where the operator states it; a fallback with a larger window takes what did not fit.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>The other says the same. Lists are compared by what is in them.</summary>
    public bool SameAs(BackendSettings other) =>
        Replicas.SequenceEqual(other.Replicas) && Models.SequenceEqual(other.Models) && this with { Replicas = other.Replicas, Models = other.Models } == other;
}

/// <summary>Whether plain completions are asked for as a stream and put together by the gateway.</summary>
public enum StreamPlain
{
    /// <summary>Where the engine's profile says that it needs it.</summary>
    Auto,
    On,
    Off,
}

/// <summary>Whether the Messages and Responses APIs are served by translation to chat completions.</summary>
public enum Translate
{
    /// <summary>Where the engine lacks the API.</summary>
    Auto,
    Always,
    Never,
}

/// <summary>What becomes of tools that the engine would run itself: searches of the web, servers of tools, stored files.</summary>
public enum ServerToolRule
{
    /// <summary>They pass where the backend is a whole service of the operator's choice, and are left out elsewhere.</summary>
    Auto,
    Strip,
    Allow,
}

/// <summary>What becomes of a stream that breaks half way.</summary>
public enum Resume
{
    /// <summary>It is passed on as it comes, and ends with an error event.</summary>
    Off,

    /// <summary>It is held back until it is whole, so that one that breaks can be tried again unseen.</summary>
    Buffer,

    /// <summary>Another engine goes on from the text that the client has, where that is plain text.</summary>
    Continue,
}

/// <summary>One replica as configured.</summary>
/// <param name="Url">Its base URL, with or without its version segment.</param>
/// <param name="Weight">Its share of the work beside its siblings.</param>
public sealed record ReplicaSettings(Uri Url, int Weight = 1);

/// <summary>How many requests a backend is given at once, and how many may wait for how long.</summary>
public sealed record AdmissionSettings
{
    /// <summary>Null: no limit.</summary>
    public int? MaxConcurrency { get; init; }

    public int MaxQueue { get; init; }

    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What answers a model when its own backend does not: a backend, with another model's name where given.</summary>
/// <param name="Backend">Name of the backend.</param>
/// <param name="Model">The model's name there; null: the name that was asked for.</param>
public sealed record FallbackTarget(string Backend, string? Model = null);
