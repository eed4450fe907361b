namespace Gateway.Engines;

/// <summary>What a container can compute on.</summary>
public enum Accelerator
{
    Nvidia,
    Amd,
    Intel,
    Cpu,
}

/// <summary>How a variable of the environment file reaches the engine.</summary>
public enum OptionKind
{
    /// <summary>As <c>flag value</c>, or in the variable named by <see cref="EngineOption.Flag"/> where that is no flag.</summary>
    Value,

    /// <summary>As the bare flag when set to 1 or true.</summary>
    Switch,
}

/// <summary>One knob of an engine that the environment file offers.</summary>
/// <param name="Variable">Name in <c>.env</c>, with the engine's prefix; a secret that other tools know too keeps its own name.</param>
/// <param name="Flag">The engine's own flag (<c>--dtype</c>) or environment variable.</param>
/// <param name="Default">What is used when the variable is not set; null: the engine decides.</param>
/// <param name="Meaning">What it does, with its unit. A sentence.</param>
public sealed record EngineOption(string Variable, string Flag, string? Default, string Meaning)
{
    public OptionKind Kind { get; init; } = OptionKind.Value;

    /// <summary>Its value is never shown, and it reaches the engine by the environment, never by the command line.</summary>
    public bool Secret { get; init; }

    /// <summary>The values the engine takes; null: any.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }
}

/// <summary>A folder that keeps weights or caches between starts.</summary>
/// <param name="HostFolder">Below <c>data/</c> on the host.</param>
/// <param name="ContainerPath">Where the engine looks.</param>
/// <param name="ReadOnly">The engine only reads it.</param>
public sealed record EngineVolume(string HostFolder, string ContainerPath, bool ReadOnly = false);

/// <summary>The engine's container, from which compose files and managed installs are made.</summary>
public sealed record EngineContainer
{
    /// <summary>Image with its pinned tag per accelerator; an accelerator that is not here is not offered.</summary>
    public required IReadOnlyDictionary<Accelerator, string> Images { get; init; }

    /// <summary>The port the engine is told to listen on inside the network.</summary>
    public required int Port { get; init; }

    /// <summary>Replaces the image's entry point; null keeps it.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Arguments before those of the options. <c>${MODEL_NAME}</c> is the model.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Environment beside what the options set. <c>${MODEL_NAME}</c> is the model.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<EngineVolume> Volumes { get; init; } = [];

    /// <summary>With whom it may be in memory at once where it is started on demand.</summary>
    // All take a slot: each holds its accelerator's memory while it runs (vLLM 92 % of it, --gpu-memory-utilization of v0.28), also those that
    // load and drop models themselves (Ollama keeps one for 5 minutes, OLLAMA_KEEP_ALIVE). What else holds is up to the operator's hardware.
    public SlotPolicy Slots { get; init; }

    /// <summary>The health check's command, run inside the container.</summary>
    public required IReadOnlyList<string> HealthCheck { get; init; }

    /// <summary>Seconds before a failing health check counts: big weights take minutes.</summary>
    public int StartPeriodSeconds { get; init; } = 900;

    /// <summary>Shared memory for tensor parallelism, as compose writes sizes; null: Docker's default.</summary>
    public string? SharedMemory { get; init; }

    /// <summary>The engine writes only to its volumes and <c>/tmp</c>.</summary>
    public bool ReadOnlyRoot { get; init; }

    /// <summary><c>uid:gid</c>; null where the image must run as root.</summary>
    public string? User { get; init; }
}

/// <summary>Where an engine runs and what an operator can set.</summary>
public sealed record Deployment
{
    /// <summary>The engine's container; null where it is a desktop program, a remote service or part of the gateway.</summary>
    public EngineContainer? Container { get; init; }

    /// <summary>Base URL in the environment file: inside compose the service's name, else where the engine usually is.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>Base URL when the gateway runs on the same host without compose; null: there is none to guess.</summary>
    public string? LocalBaseUrl { get; init; }

    /// <summary>What <c>MODEL_NAME</c> means to this engine. A sentence.</summary>
    public required string ModelName { get; init; }

    /// <summary>An example of it.</summary>
    public required string ModelExample { get; init; }

    /// <summary>Begins every variable of the engine, such as <c>VLLM_</c>.</summary>
    public required string Prefix { get; init; }

    public IReadOnlyList<EngineOption> Options { get; init; } = [];
}
