namespace Gateway.Engines;

/// <summary>Everything the gateway knows of one engine. Plain data: no part of the gateway asks which engine it has before it.</summary>
public sealed record EngineProfile
{
    /// <summary>Lower-case id: the value of <c>BACKEND_KIND</c>, compose profile, file names.</summary>
    public required string Id { get; init; }

    public required string DisplayName { get; init; }

    /// <summary>What it is, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Address of the engine's own documentation.</summary>
    public required string Docs { get; init; }

    /// <summary>The version or commit whose source or behaviour these facts were read from.</summary>
    public required string ReadAt { get; init; }

    public required SupportTable Endpoints { get; init; }

    public required HealthProbe Health { get; init; }

    public required UpstreamAuth Auth { get; init; }

    public required ModelListing Models { get; init; }

    public required ErrorDialect Errors { get; init; }

    public RequestDialect Requests { get; init; } = new();

    public ResponseDialect Responses { get; init; } = new();

    public LoadGauges Load { get; init; } = LoadGauges.None;

    /// <summary>How it is found on this host; null where it is never looked for.</summary>
    public Detection? Detection { get; init; }

    /// <summary>The API that it has beside OpenAI's, as far as its clients meet it at the gateway's address; null where no client is known to ask.</summary>
    public NativeApi? Native { get; init; }

    public required Deployment Deployment { get; init; }

    /// <summary>
    /// Idle connections are dropped after this many seconds. It must be below the engine's own keep-alive, or a request meets
    /// the engine's close half way: 5 s for uvicorn and for llama.cpp's server.
    /// </summary>
    public int IdleConnectionSeconds { get; init; } = 4;

    /// <summary>Names the engine as not meant for production in the log and in the model list.</summary>
    public bool Demonstration { get; init; }
}
