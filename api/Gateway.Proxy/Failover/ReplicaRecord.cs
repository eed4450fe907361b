using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Failover;

/// <summary>How a replica's breaker counts an attempt.</summary>
internal enum BreakerCount
{
    /// <summary>Not at all: the breaker is open, and the replica was asked in spite of it.</summary>
    None,

    /// <summary>As one of many: the breaker is closed.</summary>
    Closed,

    /// <summary>As the one request that an open breaker lets through.</summary>
    Probe,
}

/// <summary>Notes with a replica how an attempt on it ended: for its breaker, its share of requests, its state.</summary>
internal static class ReplicaRecord
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(60);

    /// <summary>Notes the end of an attempt.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="result">How it ended; null where that says nothing of the replica.</param>
    public static void Note(Attempt attempt, AttemptResult? result)
    {
        var well = Judge(attempt.Request, result);
        if (attempt.Count == BreakerCount.Probe)
        {
            attempt.Replica.Breaker.EndProbe(well ?? false);
        }
        else if (attempt.Count == BreakerCount.Closed && well is { } success)
        {
            attempt.Replica.Breaker.Count(success);
        }

        if (result is not null && attempt.Count != BreakerCount.None)
        {
            Note(attempt, attempt.Request, result);
        }
    }

    // Null: the attempt says nothing of the replica, because its caller left, or the request could not be sent at all.
    private static bool? Judge(GatewayFeature feature, AttemptResult? result) =>
        result is null || feature.Outcome == Outcome.Canceled ? null
        : feature.Outcome == Outcome.Interrupted || result.BlamesReplica ? false
        : result.ProvesReplica ? true
        : null;

    private static void Note(Attempt attempt, GatewayFeature feature, AttemptResult result)
    {
        var replica = attempt.Replica;
        if (result.BlamesReplica)
        {
            replica.Score.Failed();
        }

        // Where no request waits, one model that loads must not keep callers of the engine's others away.
        if (result.EngineError?.Code == "engine_loading" && feature.Snapshot.Picker.Waits)
        {
            replica.ReportLoading();
        }

        if (result.Kind == FailureKind.Down)
        {
            replica.ReportSuspect();
        }

        if (result.Kind is FailureKind.Overloaded or FailureKind.Down && RetryAfter.Of(result.EngineError) is { } rest)
        {
            replica.Score.Rest(rest < LongestRest ? rest : LongestRest);
        }

        if (feature is { Outcome: Outcome.Ok, Usage.Output: > 0 })
        {
            attempt.Plan.Upstream.Backend.Shared.Answered(feature.Usage.Output);
        }
    }
}
