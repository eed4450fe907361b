using System.Runtime.CompilerServices;
using Gateway.Backends;
using Gateway.Routing;
using Gateway.Telemetry;
using Polly.CircuitBreaker;

namespace Gateway.Forwarding;

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
            replica.Breaker.Count(success: !result.BlamesReplica);
            Note(services, plan, replica, result);
            return result;
        }
        catch (IOException)
        {
            replica.Breaker.Count(success: false);
            throw;
        }
    }

    private static async ValueTask<AttemptResult> ProbeAsync(ForwardServices services, HttpContext context, ForwardPlan plan, Replica replica)
    {
        var result = AttemptResult.Answered;
        try
        {
            await replica.Breaker.Pipeline.ExecuteAsync(
                async _ =>
                {
                    result = await services.Forwarder.TryAsync(context, plan, replica);
                    return !result.BlamesReplica;
                },
                CancellationToken.None);
        }
        catch (BrokenCircuitException)
        {
            result = AttemptResult.Of(ReplicaPicker.Unusable(plan.Upstream.Backend), FailureKind.Connect);
        }

        Note(services, plan, replica, result);
        return result;
    }

    // An answer that began is noted by the attempt itself.
    private static void Note(ForwardServices services, ForwardPlan plan, Replica replica, AttemptResult result)
    {
        if (result.BlamesReplica || result.Kind == FailureKind.Overloaded)
        {
            replica.Standing.Failed();
        }

        // Where nobody waits, one model that loads must not keep callers of the engine's others away.
        if (result.EngineError?.Code == "engine_loading" && services.Picker.Waits)
        {
            replica.ReportLoading();
        }

        if (result.Kind == FailureKind.Overloaded && RetryAfter.Of(result.EngineError, services.Clock) is { } rest)
        {
            replica.Standing.Rest(rest < LongestRest ? rest : LongestRest);
        }

        if (plan.Feature is { Outcome: Outcome.Ok, Usage.Output: > 0 })
        {
            plan.Upstream.Backend.Lineage.Answered(plan.Feature.Usage.Output);
        }
    }
}
