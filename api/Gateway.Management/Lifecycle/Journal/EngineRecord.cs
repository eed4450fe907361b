using System.Text.Json.Serialization;

namespace Gateway.Management.Lifecycle;

/// <summary>What tells one installed engine from all others: a name is taken once on each node.</summary>
/// <param name="Node">Id of the node.</param>
/// <param name="Name">Name of the engine there. The same name on several nodes is one backend with several replicas.</param>
public sealed record EngineKey(string Node, string Name)
{
    public override string ToString() => $"{Node}/{Name}";
}

/// <summary>Where an engine is reached. A version that takes another's place takes over its slot, so that requests which wait find it there.</summary>
/// <param name="Port">Port on the node; null where the engine is on the gateway's own network.</param>
/// <param name="Alias">Its name on that network; null where it is published.</param>
/// <param name="Address">Base URL of its API.</param>
public sealed record EngineSlot(int? Port, string? Alias, Uri Address);

/// <summary>One version of an installed engine: what was asked for, the image it came to, and its container.</summary>
public sealed record EngineVersion
{
    public required EngineRequest Request { get; init; }

    /// <summary>Name of its container, which nothing else has.</summary>
    public required string Container { get; init; }

    public required EngineSlot Slot { get; init; }

    /// <summary>What the container is made from: <c>repository@digest</c>, or the id of an image that no registry gave. Empty until it is known.</summary>
    public string Image { get; init; } = "";

    /// <summary>The image's digest in its registry, else its id. Empty until it is known.</summary>
    public string Digest { get; init; } = "";

    /// <summary>The reference by which it was asked for.</summary>
    public required string Reference { get; init; }

    /// <summary>The engine's own key, where it is open to a network.</summary>
    public string? ApiKey { get; init; }

    public required DateTimeOffset InstalledAt { get; init; }
}

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

/// <summary>The journal's JSON.</summary>
[JsonSourceGenerationOptions(RespectNullableAnnotations = true, WriteIndented = true, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EngineRecord))]
internal sealed partial class LifecycleJson : JsonSerializerContext;
