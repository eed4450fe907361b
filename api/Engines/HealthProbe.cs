namespace Gateway.Engines;

/// <summary>The one state machine for all engines.</summary>
internal enum EngineState
{
    Absent,
    Pulling,
    Starting,
    Loading,
    Ready,
    Degraded,
    Draining,
    Unreachable,
}

/// <summary>What one answer to a probe means. Status and body must both fit; the first rule that fits decides.</summary>
/// <param name="State">The state the answer stands for.</param>
/// <param name="Status">The HTTP status, or null for any.</param>
/// <param name="Body">A test of the body (at most 64 KiB of it), or null for any.</param>
internal sealed record HealthRule(EngineState State, int? Status = null, Func<string, bool>? Body = null);

/// <summary>How an engine is asked for its state: cheap enough for every few seconds, costs no tokens, loads no model.</summary>
internal sealed record HealthProbe
{
    /// <summary>Path on the engine's root, or null where the engine is judged by its model list and its traffic.</summary>
    public required string Path { get; init; }

    /// <summary>The probe must carry the engine's key.</summary>
    public bool SendsKey { get; init; }

    /// <summary>An answer that fits no rule means <see cref="EngineState.Degraded"/>.</summary>
    public required IReadOnlyList<HealthRule> Rules { get; init; }

    /// <summary>What a refused connection means before the engine has ever been ready: most load their weights first and listen afterwards.</summary>
    public EngineState Refused { get; init; } = EngineState.Starting;

    /// <summary>What the documentation says of the probe. A sentence.</summary>
    public string? Note { get; init; }

    public static HealthProbe Status200(string path) => new() { Path = path, Rules = [new(EngineState.Ready, 200)] };
}
