namespace Gateway.Configuration.Yaml;

/// <summary>The way from an alias over other aliases to the model that it stands for.</summary>
/// <param name="Names">Every name on the way, the alias first and the model last.</param>
/// <param name="Cycle">The last is one of those before it.</param>
internal sealed record AliasChain(IReadOnlyList<string> Names, bool Cycle)
{
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
