using Gateway.Engines;
using Gateway.Management.Lifecycle;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;

namespace Gateway.Reload;

/// <summary>The requests to one installed engine.</summary>
/// <param name="replica">The engine.</param>
/// <param name="longestWait">So long a request may wait before it chooses its replica.</param>
/// <param name="lifecycle">Knows which settings are still in use.</param>
/// <param name="clock">Measures.</param>
internal sealed class EngineTraffic(Replica replica, TimeSpan longestWait, Lifecycle lifecycle, TimeProvider clock) : IEngineTraffic
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Between two attempts of one request there is no more than this.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan QuietWhenHeld = TimeSpan.FromMilliseconds(250);

    public EngineState State => replica.State;

    public int InFlight => replica.InFlight;

    public long Uses => replica.Uses;

    public void Hold(EngineState state, string? note = null) => replica.Hold(state, note);

    public void Release() => replica.Release();

    public async Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var busy = start;
        while (!IsDrained(clock.GetElapsedTime(start), clock.GetElapsedTime(busy)))
        {
            if (clock.GetElapsedTime(start) >= limit)
            {
                return false;
            }

            await Task.Delay(Poll, clock, cancellationToken);
            busy = replica.InFlight > 0 ? clock.GetTimestamp() : busy;
        }

        return true;
    }

    // Whoever is out of routing is asked only by requests of the settings before; whoever is held is not even asked by those.
    private bool IsDrained(TimeSpan waited, TimeSpan quiet) =>
        replica.InFlight == 0
        && (replica.Held ? quiet >= QuietWhenHeld : lifecycle.ReplacedInUse == 0 || (waited >= longestWait && quiet >= Quiet));
}
