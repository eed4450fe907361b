using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;

namespace Gateway.Proxy.Routing;

/// <summary>Picks the replica for an attempt: of two random usable ones, the one with less load for its share.</summary>
/// <remarks>A share is the weight, reduced while the replica is slower than the other, fails, or has just come back.</remarks>
public sealed class ReplicaPicker(GatewaySettings settings, Lifecycle lifecycle, TimeProvider clock, Random random)
{
    /// <summary>Up to this many replicas their list is kept on the stack.</summary>
    private const int MaxReplicasOnStack = 64;

    /// <summary>Picks a replica that was not tried yet; null when there is none.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="tried">Those that have failed this request.</param>
    /// <param name="pastBreakers">Replicas with an open breaker count too: there are no others.</param>
    /// <param name="prefix">The hash of the prompt's beginning, where prefix affinity is on; else 0.</param>
    public Replica? Pick(Backend backend, IReadOnlyList<Replica> tried, bool pastBreakers = false, ulong prefix = 0)
    {
        var replicas = backend.Replicas;
        if (replicas.Count == 1)
        {
            return Fits(replicas[0], tried, pastBreakers) ? replicas[0] : null;
        }

        var usable = replicas.Count <= MaxReplicasOnStack ? stackalloc int[MaxReplicasOnStack] : new int[replicas.Count];
        var count = 0;
        for (var i = 0; i < replicas.Count; i++)
        {
            if (Fits(replicas[i], tried, pastBreakers))
            {
                usable[count++] = i;
            }
        }

        return count switch
        {
            0 => null,
            1 => replicas[usable[0]],
            _ => Choose(backend, usable[..count], prefix),
        };
    }

    private Replica Choose(Backend backend, ReadOnlySpan<int> usable, ulong prefix)
    {
        var now = clock.GetTimestamp();
        if (prefix != 0 && PrefixAffinity.Of(prefix, backend, usable, now) is { } home)
        {
            return home;
        }

        // Two different ones: of two replicas the busier one is never drawn against itself.
        var first = random.Next(usable.Length);
        var one = backend.Replicas[usable[first]];
        var other = backend.Replicas[usable[(first + 1 + random.Next(usable.Length - 1)) % usable.Length]];
        var (load, otherLoad) = (Load(backend, one), Load(backend, other));
        var (share, otherShare) = (Share(backend, one, other, now), Share(backend, other, one, now));
        if (Math.Abs(load - otherLoad) < 0.01)
        {
            // Where load says nothing, mostly because there is none, the shares do.
            return random.NextDouble() * (share + otherShare) < share ? one : other;
        }

        return otherLoad / otherShare < load / share ? other : one;
    }

    private static bool Fits(Replica replica, IReadOnlyList<Replica> tried, bool pastBreakers)
    {
        for (var i = 0; i < tried.Count; i++)
        {
            if (tried[i] == replica)
            {
                return false;
            }
        }

        return replica.Usable && (pastBreakers || (replica.Breaker.AllowsRequest && !replica.Score.Rests));
    }

    // In requests: those in flight, the tokens that they still have to send, this one, and those in the engine's own queue,
    // which may come from other gateways.
    private static double Load(Backend backend, Replica replica) =>
        replica.InFlight + (replica.TokensDue / backend.Shared.TypicalTokens) + (replica.Load?.Waiting ?? 0) + 1;

    private static double Share(Backend backend, Replica replica, Replica beside, long now) =>
        replica.Weight * replica.Score.Share(now, backend.Settings.WarmUp) * replica.Score.PaceBeside(beside.Score, now);

    /// <summary>Requests wait for an engine that loads or is away.</summary>
    public bool Waits => settings.LoadingWait > TimeSpan.Zero;

    /// <summary>Waits for a usable replica, up to the wait for a loading engine (GATEWAY_LOADING_WAIT_SECONDS).</summary>
    /// <returns>True with a usable replica; false after that time, or when the gateway ends.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public ValueTask<bool> WaitUsableAsync(Backend backend, CancellationToken cancellationToken) =>
        backend.Usable ? ValueTask.FromResult(true) : WaitForChangeAsync(backend, cancellationToken);

    private async ValueTask<bool> WaitForChangeAsync(Backend backend, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifecycle.Ending);
        var start = clock.GetTimestamp();
        while (!either.IsCancellationRequested)
        {
            // Taken before the state is read, so that a change in between is not missed.
            var changed = backend.Shared.Changes.Next;
            if (backend.Usable)
            {
                return true;
            }

            var left = settings.LoadingWait - clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            await changed.WaitAsync(left, clock, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return false;
    }

    /// <summary>The error for a request without a replica: none is usable, or the gateway ends.</summary>
    /// <param name="backend">Which.</param>
    /// <param name="onDemand">It is started because it was asked for.</param>
    public GatewayError None(Backend backend, bool onDemand = false) => lifecycle.Ending.IsCancellationRequested ? GatewayError.ShuttingDown : Unusable(backend, onDemand);

    /// <summary>The error for a backend without a usable replica.</summary>
    /// <param name="backend">Which.</param>
    /// <param name="onDemand">It is started because it was asked for.</param>
    public static GatewayError Unusable(Backend backend, bool onDemand = false)
    {
        var note = backend.Replicas.FirstOrDefault(replica => replica.HeldNote is not null)?.HeldNote;
        if (note is null && backend.State == EngineState.Asleep)
        {
            return GatewayError.EngineAsleep(backend.Profile.DisplayName);
        }

        var trouble = backend.Replicas.FirstOrDefault(replica => replica.Trouble is not null)?.Trouble;
        return backend.State is EngineState.Loading or EngineState.Starting or EngineState.Pulling || (onDemand && note is null && backend.Replicas.Any(replica => replica.Held))
            ? GatewayError.EngineLoading(backend.Profile.DisplayName, note ?? trouble)
            : GatewayError.EngineUnavailable(backend.Profile.DisplayName, note ?? trouble);
    }
}
