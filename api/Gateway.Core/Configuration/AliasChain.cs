namespace Gateway.Core.Configuration;

/// <summary>The way from an alias over other aliases to the model that it stands for.</summary>
/// <param name="Names">Every name on the way, the alias first and the model last.</param>
/// <param name="Cycle">The last is one of those before it.</param>
internal sealed record AliasChain(IReadOnlyList<string> Names, bool Cycle)
{
    /// <summary>Each alias with the model at the end of its way.</summary>
    public static IReadOnlyList<ModelAlias> Resolve(IReadOnlyList<ModelAlias> aliases)
    {
        var targets = Targets(aliases);
        return [.. aliases.Select(alias => alias with { Model = From(alias.Name, targets).Names[^1] })];
    }

    public static Dictionary<string, string> Targets(IEnumerable<ModelAlias> aliases) =>
        aliases.DistinctBy(alias => alias.Name).ToDictionary(alias => alias.Name, alias => alias.Model, StringComparer.Ordinal);

    /// <summary>Why the alias stands for no model.</summary>
    public string Loop => $"this alias chain is circular ({string.Join(" → ", Names)}), so it refers to no model.";

    /// <summary>Follows exact names only: a pattern may well cover the model that it stands for.</summary>
    public static AliasChain From(string name, IReadOnlyDictionary<string, string> targets)
    {
        var names = new List<string> { name };
        while (targets.TryGetValue(names[^1], out var next))
        {
            var seen = names.Contains(next);
            names.Add(next);
            if (seen)
            {
                return new AliasChain(names, true);
            }
        }

        return new AliasChain(names, false);
    }
}
