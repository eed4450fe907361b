using Gateway.Engines;

namespace Gateway.Management.Swap;

/// <summary>What an engine that runs on demand is doing.</summary>
internal enum SwapPhase
{
    Stopped,
    Starting,
    Running,
    Stopping,
}

/// <summary>One such engine at one moment. Times are as long ago as they say.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its engine's id, by which engines that coexist are told apart.</param>
/// <param name="Policy">With whom it may be in memory.</param>
/// <param name="Phase">What it is doing.</param>
internal sealed record SwapEngine(string Name, string Kind, SlotPolicy Policy, SwapPhase Phase)
{
    /// <summary>Requests that it works on.</summary>
    public int InFlight { get; init; }

    /// <summary>Requests that wait for it.</summary>
    public int Waiting { get; init; }

    /// <summary>How long the first of them has waited.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>How long ago it was used last, or started.</summary>
    public TimeSpan Unused { get; init; }

    public bool InMemory => Phase != SwapPhase.Stopped;

    public bool Idle => Phase == SwapPhase.Running && InFlight == 0 && Waiting == 0;
}

/// <summary>What is to be done now.</summary>
/// <param name="Start">Engines to start.</param>
/// <param name="Stop">Engines to stop: for an engine that is waited for, or because nobody uses them.</param>
internal sealed record SwapDecision(IReadOnlyList<string> Start, IReadOnlyList<string> Stop);

/// <summary>
/// Decides which engines are in memory. An engine in use keeps its place for its own requests until somebody has waited too
/// long for it, so that requests for two models in turn do not make them change places at each of them.
/// </summary>
internal static class SwapPlan
{
    /// <param name="engines">All of them.</param>
    /// <param name="slots">How many standard ones may be in memory at once.</param>
    /// <param name="idleAfter">How long one stays that nobody uses.</param>
    /// <param name="maxWait">How long one in use keeps its place while others wait.</param>
    public static SwapDecision Decide(IReadOnlyList<SwapEngine> engines, int slots, TimeSpan idleAfter, TimeSpan maxWait)
    {
        var start = new List<string>();
        var stop = new List<string>();
        var memory = engines.Where(engine => engine.InMemory).ToList();

        // Whoever has waited longest is served first, and nobody behind it takes the place that is made for it.
        foreach (var wanted in engines.Where(engine => engine.Phase == SwapPhase.Stopped && engine.Waiting > 0).OrderByDescending(engine => engine.Waited))
        {
            var inTheWay = InTheWay(wanted, memory, slots);
            if (inTheWay.Count == 0)
            {
                start.Add(wanted.Name);
                memory.Add(wanted with { Phase = SwapPhase.Starting });
                continue;
            }

            if (inTheWay.All(engine => MakesWay(engine, wanted, maxWait) || engine.Phase == SwapPhase.Stopping))
            {
                stop.AddRange(inTheWay.Where(engine => engine.Phase == SwapPhase.Running && !stop.Contains(engine.Name)).Select(engine => engine.Name));
            }

            memory.Add(wanted with { Phase = SwapPhase.Starting });
        }

        stop.AddRange(engines.Where(engine => engine.Idle && engine.Unused >= idleAfter && !stop.Contains(engine.Name)).Select(engine => engine.Name));
        return new SwapDecision(start, stop);
    }

    private static bool MakesWay(SwapEngine engine, SwapEngine wanted, TimeSpan maxWait) =>
        engine.Phase == SwapPhase.Running && (engine.Idle || wanted.Waited >= maxWait);

    /// <summary>Those that must leave before the wanted one can start.</summary>
    private static List<SwapEngine> InTheWay(SwapEngine wanted, List<SwapEngine> memory, int slots)
    {
        var metered = memory.Where(engine => engine.Policy != SlotPolicy.Unmetered).ToList();
        return wanted.Policy switch
        {
            SlotPolicy.Unmetered => [],
            SlotPolicy.Exclusive => metered,
            SlotPolicy.CoexistByType => [.. metered.Where(engine => engine.Policy == SlotPolicy.Exclusive || (engine.Policy == SlotPolicy.CoexistByType && engine.Kind == wanted.Kind))],
            SlotPolicy.Standard => [.. metered.Where(engine => engine.Policy == SlotPolicy.Exclusive), .. Oldest(metered, slots)],
            _ => throw new ArgumentOutOfRangeException(nameof(wanted)),
        };
    }

    private static IEnumerable<SwapEngine> Oldest(List<SwapEngine> metered, int slots)
    {
        var standard = metered.Where(engine => engine.Policy == SlotPolicy.Standard).ToList();
        // One that leaves already is counted on first; then one that nobody uses, and then the one that was used longest ago.
        return standard
            .OrderByDescending(engine => engine.Phase == SwapPhase.Stopping)
            .ThenByDescending(engine => engine.Idle)
            .ThenBy(engine => engine.Phase == SwapPhase.Starting)
            .ThenByDescending(engine => engine.Unused)
            .Take(Math.Max(0, standard.Count - slots + 1));
    }
}
