namespace Gateway.Backends;

/// <summary>What a backend keeps when its settings change while some of its replicas stay: its models here, and whatever else is kept by it.</summary>
internal sealed class BackendLineage
{
    public BackendModels Models { get; } = new();
}
