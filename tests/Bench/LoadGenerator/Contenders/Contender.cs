using Gateway.Bench.Load;

namespace Gateway.Bench.Contenders;

/// <summary>One program that is measured: how it is started, and how it is asked.</summary>
/// <param name="Id">Short name, as in the results.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Command">Program and arguments; empty for the upstream asked directly.</param>
/// <param name="Target">Where it answers.</param>
internal sealed record Contender(string Id, string Name, IReadOnlyList<string> Command, Target Target)
{
    /// <summary>Variables of its environment.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Slow enough that large loads would take the whole time of the run.</summary>
    public bool Slow { get; init; }
}
