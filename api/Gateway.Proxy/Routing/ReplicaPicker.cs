using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;

namespace Gateway.Proxy.Routing;

/// <summary>
/// Picks the replica for an attempt: of two usable ones drawn by chance, the one with less to do for its share. A share is its
/// weight, less while it is slower than the other, fails, or has just come back.
/// </summary>
public sealed class ReplicaPicker(GatewaySettings settings, Lifecycle lifecycle, TimeProvider clock, Random random)
{
    private const int Few = 32;
    private const int Draws = 4;
    private const int WindowDraws = 6;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly DrawingWindow _window = new(clock, random);

    /// <summary>Picks a replica that was not tried yet; null when there is none.</summary>
    /// <param name="backend">Whose replicas.</param>
    /// <param name="tried">Those that have failed this request.</param>
    /// <param name="pastBreakers">Those with an open breaker count too: there is nothing else.</param>
    /// <param name="prefix">How the prompt begins, where prompts of the same beginning are to meet; else 0.</param>
    public Replica? Pick(Backend backend, IReadOnlyList<Replica> tried, bool pastBreakers = false, ulong prefix = 0)
    {
        var replicas = backend.Replicas;
        if (replicas.Count == 1)
        {
            return Fits(replicas[0], tried, pastBreakers) ? replicas[0] : null;
        }

        if (replicas.Count > Few && prefix == 0 && PickOfMany(backend, tried, pastBreakers) is { } drawn)
        {
            return drawn;
        }

        var usable = replicas.Count <= Few ? stackalloc int[Few] : new int[replicas.Count];
        var count = 0;
        for (var i = 0; i < replicas.Count; i++)
        {
            if (Fits(replicas[i], tried, pastBreakers))
            {
                usable[count++] = i;
            }
        }

        return count < 2 ? count == 0 ? null : replicas[usable[0]] : Choose(backend, usable[..count], prefix);
    }

    // Of many, two at random are nearly always usable: looking at all of them for every request would cost more than the request.
    private Replica? PickOfMany(Backend backend, IReadOnlyList<Replica> tried, bool pastBreakers)
    {
        if (backend.Replicas.Count > DrawingWindow.Size && PickIdle(backend, tried, pastBreakers) is { } idle)
        {
            return idle;
        }

        return Draw(backend.Replicas, tried, pastBreakers) is var (one, other) && one >= 0 ? Choose(backend, [one, other], prefix: 0) : null;
    }

    // One that has nothing to do cannot be bettered by any other: it may as well be one of those whose turn it is.
    private Replica? PickIdle(Backend backend, IReadOnlyList<Replica> tried, bool pastBreakers)
    {
        var (one, now) = (-1, clock.GetTimestamp());
        for (var i = 0; i < WindowDraws; i++)
        {
            var place = _window.PlaceOf(random.Next(DrawingWindow.Size), backend.Replicas.Count, now);
            if (place == one || !IsIdle(backend.Replicas[place], tried, pastBreakers))
            {
                continue;
            }

            if (one >= 0)
            {
                return Choose(backend, [one, place], prefix: 0);
            }

            one = place;
        }

        return null;
    }

    private static bool IsIdle(Replica replica, IReadOnlyList<Replica> tried, bool pastBreakers) =>
        replica.InFlight == 0 && replica.Load is not { Waiting: > 0 } && Fits(replica, tried, pastBreakers);

    private (int One, int Other) Draw(IReadOnlyList<Replica> replicas, IReadOnlyList<Replica> tried, bool pastBreakers)
    {
        for (var i = 0; i < Draws; i++)
        {
            var one = random.Next(replicas.Count);
            var other = (one + 1 + random.Next(replicas.Count - 1)) % replicas.Count;
            if (Fits(replicas[one], tried, pastBreakers) && Fits(replicas[other], tried, pastBreakers))
            {
                return (one, other);
            }
        }

        return (-1, -1);
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

    // In requests: those in flight, what they still have to say, and this one. What waits inside the engine waits for other
    // callers of it too, whom this gateway does not see.
    private static double Load(Backend backend, Replica replica) =>
        replica.InFlight + (replica.TokensDue / backend.Shared.TypicalTokens) + (replica.Load?.Waiting ?? 0) + 1;

    private static double Share(Backend backend, Replica replica, Replica beside, long now) =>
        replica.Weight * replica.Score.Share(now, backend.Settings.WarmUp) * replica.Score.PaceBeside(beside.Score, now);

    /// <summary>An engine that is not there yet, or not any more, is waited for.</summary>
    public bool Waits => settings.LoadingWait > TimeSpan.Zero;

    /// <summary>Waits for a usable replica for as long as a loading engine may be waited for, and the gateway does not end.</summary>
    public async ValueTask<bool> WaitUsableAsync(Backend backend, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (!backend.Usable)
        {
            if (clock.GetElapsedTime(start) >= settings.LoadingWait || lifecycle.Ending.IsCancellationRequested)
            {
                return false;
            }

            await Task.Delay(Poll, clock, cancellationToken);
        }

        return true;
    }

    /// <summary>The error for a caller for whom there is no replica: its backend has none to offer, or nobody waits for one any more.</summary>
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
