using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Routing;

/// <summary>
/// The replica on which prompts of the same beginning meet, by the highest of the numbers that beginning and replica make
/// together: nothing is remembered, and a replica that comes or goes moves only its own prompts.
/// </summary>
internal static class PrefixAffinity
{
    /// <summary>How much more than its part of the requests in flight, and one more, a home may have before it sends guests away.</summary>
    private const double Slack = 1.25;

    /// <summary>Finds the home.</summary>
    /// <returns>The replica; null when it has too much to do, or is not itself yet, and load decides.</returns>
    /// <param name="prefix">The beginning, as <see cref="PromptPrefix"/> has it.</param>
    /// <param name="backend">Whose replicas.</param>
    /// <param name="usable">The places of those that can be asked.</param>
    /// <param name="now">The clock's timestamp.</param>
    public static Replica? Of(ulong prefix, Backend backend, ReadOnlySpan<int> usable, long now)
    {
        var home = backend.Replicas[usable[0]];
        var highest = double.NegativeInfinity;
        var (running, weights) = (1, 0);
        foreach (var place in usable)
        {
            var replica = backend.Replicas[place];
            running += replica.InFlight;
            weights += replica.Weight;
            // From 0 to 1, without either; the logarithm makes the weights come out right.
            var chance = ((PromptPrefix.Mix(prefix ^ replica.Seed) >> 11) + 0.5) / (1UL << 53);
            var score = -replica.Weight / Math.Log(chance);
            (home, highest) = score > highest ? (replica, score) : (home, highest);
        }

        var most = Math.Ceiling(Slack * running * home.Weight / weights) + 1;
        return home.InFlight < most && home.Score.Share(now, backend.Settings.WarmUp) >= 0.5 ? home : null;
    }
}
