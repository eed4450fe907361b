using System.Collections.Frozen;
using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>One row of the capability matrix: an engine's support for every endpoint, none left out and none twice.</summary>
public sealed class SupportTable
{
    private readonly FrozenDictionary<EndpointId, Support> _cells;

    private SupportTable(FrozenDictionary<EndpointId, Support> cells) => _cells = cells;

    public Support this[EndpointId id] => _cells[id];

    /// <summary>
    /// Builds a row from the cells stated; <paramref name="others"/> is the answer for the families of account objects
    /// that are not among them. Any other endpoint left out is a start-up error, and so is one given twice.
    /// </summary>
    public static SupportTable Of(Support others, params (EndpointId Id, Support Support)[] cells)
    {
        var table = new Dictionary<EndpointId, Support>();
        foreach (var (id, support) in cells)
        {
            table.Add(id, support);
        }

        foreach (var family in EndpointCatalog.All.Where(spec => spec.Family))
        {
            table.TryAdd(family.Id, others);
        }

        var left = EndpointCatalog.All.Where(spec => !table.ContainsKey(spec.Id)).Select(spec => spec.Id).ToArray();
        return left.Length == 0
            ? new SupportTable(table.ToFrozenDictionary())
            : throw new InvalidOperationException($"A profile does not say whether it serves {string.Join(", ", left)}.");
    }
}
