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

    /// <summary>It runs no faster after a while than at once.</summary>
    public bool IsCompiledAhead { get; init; }

    /// <summary>It relays streams on this machine.</summary>
    public bool Streams { get; init; } = true;
}
