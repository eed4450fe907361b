using Gateway.Backends;
using Gateway.Configuration;
using Gateway.Engines;
using Gateway.Errors;

namespace Gateway.Routing;

/// <summary>Picks the replica for an attempt: of two usable ones drawn by chance, the one with less to do.</summary>
internal sealed class ReplicaPicker(GatewaySettings settings, TimeProvider clock, Random random)
{
    private const int RetryAfterLoading = 5;
    private const int RetryAfterAway = 2;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Picks a replica that was not tried yet; null when there is none.</summary>
    /// <param name="backend">Whose replicas.</param>
    /// <param name="tried">Those that have failed this request.</param>
    /// <param name="pastBreakers">Those with an open breaker count too: there is nothing else.</param>
    public Replica? Pick(Backend backend, IReadOnlyCollection<Replica> tried, bool pastBreakers = false)
    {
        if (backend.Replicas.Count == 1)
        {
            return Fits(backend.Replicas[0], tried, pastBreakers) ? backend.Replicas[0] : null;
        }

        var usable = backend.Replicas.Where(replica => Fits(replica, tried, pastBreakers)).ToArray();
        if (usable.Length == 0)
        {
            return null;
        }

        // Two different ones: of two replicas the busier one is never drawn against itself.
        var first = random.Next(usable.Length);
        var one = usable[first];
        var other = usable.Length == 1 ? one : usable[(first + 1 + random.Next(usable.Length - 1)) % usable.Length];
        return Load(other) < Load(one) ? other : one;
    }

    private static bool Fits(Replica replica, IReadOnlyCollection<Replica> tried, bool pastBreakers) =>
        replica.Usable && (pastBreakers || replica.Breaker.Lets) && !tried.Contains(replica);

    // What waits inside the engine waits for other callers of it too, whom this gateway does not see.
    private static double Load(Replica replica) => (replica.InFlight + (replica.Load?.Waiting ?? 0) + 1.0) / replica.Weight;

    /// <summary>Waits for a usable replica for as long as a loading engine may be waited for.</summary>
    public async ValueTask<bool> WaitUsableAsync(Backend backend, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (!backend.Replicas.Any(replica => replica.Usable))
        {
            if (clock.GetElapsedTime(start) >= settings.LoadingWait)
            {
                return false;
            }

            await Task.Delay(Poll, clock, cancellationToken);
        }

        return true;
    }

    /// <summary>The error for a backend without a usable replica.</summary>
    public static GatewayError Unusable(Backend backend) => backend.State is EngineState.Loading or EngineState.Starting or EngineState.Pulling
        ? GatewayError.EngineLoading(backend.Profile.DisplayName, RetryAfterLoading)
        : GatewayError.EngineUnavailable(backend.Profile.DisplayName, RetryAfterAway);
}
