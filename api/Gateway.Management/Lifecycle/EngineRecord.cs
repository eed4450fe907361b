namespace Gateway.Management.Lifecycle;

/// <summary>What is being done to an engine.</summary>
public enum OperationKind
{
    Install,
    Upgrade,
    Delete,
}

/// <summary>An operation under way, as far as it must be known after a crash.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Phase">The step that may have begun. Before <see cref="LifecyclePhase.Switching"/> the old version counts, from there on the new one.</param>
/// <param name="Other">The version beside the current one: the new one before the switch, the old one after it.</param>
public sealed record EngineOperation(OperationKind Kind, LifecyclePhase Phase, EngineVersion? Other);

/// <summary>All that outlives the process of one installed engine.</summary>
public sealed record EngineRecord
{
    public required EngineKey Key { get; init; }

    /// <summary>The version that serves; null while the first one is being installed.</summary>
    public EngineVersion? Current { get; init; }

    /// <summary>The version before, for a rollback by hand. Its container is gone.</summary>
    public EngineVersion? Previous { get; init; }

    /// <summary>Stopped by hand.</summary>
    public bool Stopped { get; init; }

    public EngineOperation? Operation { get; init; }

    /// <summary>All whose images are still needed.</summary>
    public IEnumerable<EngineVersion> Versions => new[] { Current, Previous, Operation?.Other }.OfType<EngineVersion>();

    /// <summary>It is to be routed to.</summary>
    /// <param name="onDemand">It is started when it is asked for, so that it is routed to while it is stopped, too.</param>
    public bool Serves(bool onDemand) => Current is not null && (!Stopped || onDemand) && Operation?.Kind != OperationKind.Delete;
}
