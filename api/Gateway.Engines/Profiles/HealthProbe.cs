namespace Gateway.Engines;

/// <summary>The one state machine for all engines.</summary>
public enum EngineState
{
    Absent,
    Pulling,
    Starting,
    Loading,
    Ready,
    Degraded,
    Draining,
    Asleep,
    Unreachable,
}

/// <summary>What one answer to a probe means. Status and body must both fit; the first rule that fits decides.</summary>
/// <param name="State">The state the answer stands for.</param>
/// <param name="Status">The HTTP status, or null for any.</param>
/// <param name="Body">A test of the body (at most 64 KiB of it), or null for any.</param>
public sealed record HealthRule(EngineState State, int? Status = null, Func<string, bool>? Body = null);

/// <summary>
/// What is asked of an engine besides, once it says that it is ready: some paths know what others do not, and none is there in every
/// version. The first answer that a rule fits decides; where none does, the engine is ready.
/// </summary>
/// <param name="Path">Path on the engine's root. An engine that answers 404 or 405 is not asked for it again until it comes back.</param>
/// <param name="SendsKey">The question must carry the engine's key.</param>
/// <param name="Rules">What the answers mean.</param>
/// <param name="WithSleepGauge">Asked only of engines whose metrics have the gauge of <see cref="LoadGauges.Awake"/>: others do not have the path.</param>
public sealed record FurtherProbe(string Path, bool SendsKey, IReadOnlyList<HealthRule> Rules, bool WithSleepGauge = false);

/// <summary>How an engine is asked for its state: cheap enough for every few seconds, costs no tokens, loads no model.</summary>
public sealed record HealthProbe
{
    /// <summary>Path on the engine's root, or null where the engine is judged by its model list and its traffic.</summary>
    public required string Path { get; init; }

    /// <summary>The probe must carry the engine's key.</summary>
    public bool SendsKey { get; init; }

    /// <summary>An answer that fits no rule means <see cref="EngineState.Degraded"/>.</summary>
    public required IReadOnlyList<HealthRule> Rules { get; init; }

    /// <summary>What is asked besides, in this order. An engine that drains although it was never ready is loading.</summary>
    public IReadOnlyList<FurtherProbe> Further { get; init; } = [];

    /// <summary>What a refused connection means before the engine has ever been ready: most load their weights first and listen afterwards.</summary>
    public EngineState Refused { get; init; } = EngineState.Starting;

    /// <summary>What the documentation says of the probe. A sentence.</summary>
    public string? Note { get; init; }

    /// <summary>200 is ready, whatever the body says, unless it is a page made for a browser: another server answers there.</summary>
    public static HealthRule Ok { get; } = new(EngineState.Ready, 200, body => !body.AsSpan().TrimStart().StartsWith("<", StringComparison.Ordinal));
}
