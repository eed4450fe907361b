using Gateway.Engines;

namespace Gateway.Core.Configuration;

/// <summary>Installed engines that run only while they are used.</summary>
public sealed record OnDemandSettings
{
    /// <summary>How many of them may run at once.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>One that nobody has used for so long is stopped.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>An engine in use goes on answering its own requests for so long while others wait for its slot.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(30);

    public IReadOnlyList<OnDemandEngine> Engines { get; init; } = [];

    /// <summary>The other says the same. Lists are compared by what is in them.</summary>
    public bool SameAs(OnDemandSettings other) =>
        this with { Engines = other.Engines } == other && Engines.Count == other.Engines.Count
        && Engines.Zip(other.Engines).All(pair => pair.First.Name == pair.Second.Name && pair.First.Install == pair.Second.Install && pair.First.Policy == pair.Second.Policy && pair.First.Models.SequenceEqual(pair.Second.Models));
}

/// <summary>An installed engine that runs while it is used.</summary>
/// <param name="Name">The name that it is installed under.</param>
/// <param name="Models">The models that it serves, which are listed while it is stopped, too.</param>
/// <param name="Install">What is installed under that name where nothing is: a name of a gallery, or an image; null: nothing.</param>
/// <param name="Policy">With whom it may be in memory; null: as its profile says.</param>
public sealed record OnDemandEngine(string Name, IReadOnlyList<string> Models, string? Install = null, SlotPolicy? Policy = null);
