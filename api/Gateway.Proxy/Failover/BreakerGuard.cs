using System.Runtime.CompilerServices;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Routing;

namespace Gateway.Proxy.Failover;

/// <summary>Asks a replica through its breaker, and notes for the next request what came of it.</summary>
internal static class BreakerGuard
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(60);

    /// <summary>One attempt.</summary>
    /// <exception cref="IOException">The answer broke off after it had been committed; the breaker knows.</exception>
    public static ValueTask<AttemptResult> TryAsync(ForwardServices services, HttpContext context, ForwardPlan plan, Replica replica)
    {
        if (!replica.Breaker.Lets)
        {
            return services.Forwarder.TryAsync(context, plan, replica);
        }

        return replica.Breaker.IsClosed ? CountAsync(services, context, plan, replica) : ProbeAsync(services, context, plan, replica);
    }

    // The usual way: with the breaker closed there is nothing to ask it, only to tell it afterwards.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<AttemptResult> CountAsync(ForwardServices services, HttpContext context, ForwardPlan plan, Replica replica)
    {
        try
        {
            var result = await services.Forwarder.TryAsync(context, plan, replica);
            if (Judge(plan, result) is { } well)
            {
                replica.Breaker.Count(well);
            }

            Note(services, plan, replica, result);
            return result;
        }
        catch (IOException)
        {
            replica.Breaker.Count(success: false);
            throw;
        }
    }

    // The one request that an open breaker lets through. It closes as soon as an answer begins, not when it has ended.
    private static async ValueTask<AttemptResult> ProbeAsync(ForwardServices services, HttpContext context, ForwardPlan plan, Replica replica)
    {
        if (!replica.Breaker.TryBeginProbe())
        {
            return AttemptResult.Of(ReplicaPicker.Unusable(plan.Upstream.Backend), FailureKind.Connect);
        }

        var well = false;
        try
        {
            var result = await services.Forwarder.TryAsync(context, plan, replica);
            well = Judge(plan, result) ?? false;
            Note(services, plan, replica, result);
            return result;
        }
        finally
        {
            replica.Breaker.EndProbe(well);
        }
    }

    // Null: the attempt says nothing of the replica, because its caller left, or the request could not be sent at all.
    private static bool? Judge(ForwardPlan plan, AttemptResult result) =>
        plan.Feature.Outcome == Outcome.Canceled ? null
        : plan.Feature.Outcome == Outcome.Interrupted || result.BlamesReplica ? false
        : result.ProvesReplica ? true
        : null;

    // An answer that began is noted by the attempt itself.
    private static void Note(ForwardServices services, ForwardPlan plan, Replica replica, AttemptResult result)
    {
        if (result.BlamesReplica)
        {
            replica.Standing.Failed();
        }

        // Where nobody waits, one model that loads must not keep callers of the engine's others away.
        if (result.EngineError?.Code == "engine_loading" && services.Picker.Waits)
        {
            replica.ReportLoading();
        }

        if (result.Kind == FailureKind.Down)
        {
            replica.ReportSuspect();
        }

        if (result.Kind is FailureKind.Overloaded or FailureKind.Down && RetryAfter.Of(result.EngineError) is { } rest)
        {
            replica.Standing.Rest(rest < LongestRest ? rest : LongestRest);
        }

        if (plan.Feature is { Outcome: Outcome.Ok, Usage.Output: > 0 })
        {
            plan.Upstream.Backend.Lineage.Answered(plan.Feature.Usage.Output);
        }
    }
}
