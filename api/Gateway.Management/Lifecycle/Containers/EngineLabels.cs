namespace Gateway.Management.Lifecycle;

/// <summary>What our containers, networks and volumes carry. Nothing without it is ever touched.</summary>
internal static class EngineLabels
{
    /// <summary>Its value is the gateway's own: two gateways on one machine leave each other's engines alone.</summary>
    public const string Managed = "gateway.managed";

    /// <summary>Of the gateway's own container, set by the operator: by it the Docker proxy knows which networks and folder are the gateway's.</summary>
    public const string Self = "gateway.self";

    private const string Name = "gateway.engine";
    private const string Kind = "gateway.kind";
    private const string Node = "gateway.node";

    /// <summary>All that our containers carry.</summary>
    public static string[] Names { get; } = [Managed, Name, Kind, Node];

    public static Dictionary<string, string> Of(string owner, EngineKey key, string kind) =>
        new() { [Managed] = owner, [Name] = key.Name, [Kind] = kind, [Node] = key.Node };

    /// <summary>The filter for lists.</summary>
    public static string Filter(string owner) => $"{Managed}={owner}";

    public static bool IsOurs(IDictionary<string, string>? labels, string owner) =>
        labels is not null && labels.TryGetValue(Managed, out var value) && value == owner;
}
