namespace Gateway.Management.Lifecycle;

/// <summary>What tells one installed engine from all others: a name is taken once on each node.</summary>
/// <param name="Node">Id of the node.</param>
/// <param name="Name">Name of the engine there. The same name on several nodes is one backend with several replicas.</param>
public sealed record EngineKey(string Node, string Name)
{
    public override string ToString() => $"{Node}/{Name}";
}
