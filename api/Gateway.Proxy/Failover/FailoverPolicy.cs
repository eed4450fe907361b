using Gateway.Core.Errors;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Routing;
using Gateway.Proxy.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Proxy.Failover;

/// <summary>Decides where a request goes.</summary>
/// <remarks>To its first replica, and after a failure to another replica, to a fallback, or to the same replica again.</remarks>
internal sealed class FailoverPolicy(BackendEntrance entrance, RetryBudgets budgets, GatewayMetrics metrics, TimeProvider clock)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Takes the first target that has a replica to offer; the last one may be waited for.</summary>
    /// <returns>The error when there is none.</returns>
    public async ValueTask<GatewayError?> StartAsync(RequestAttempts request)
    {
        var targets = request.Targets;
        var error = await EnterAsync(request, 0, wait: targets.Count == 1);
        if (error is not null && !targets[0].Backend.Usable)
        {
            targets[0].Backend.RequestProbe();
        }

        for (var i = 1; error is { Status: >= 500 } && i < targets.Count; i++)
        {
            error = await EnterAsync(request, i, wait: i == targets.Count - 1) is null ? null : error;
        }

        // An open breaker spares a replica while others can help. Where none can, a doubtful answer beats a certain refusal.
        return error is { Status: 503 } ? await EnterAsync(request, 0, wait: false, pastBreakers: true) : error;
    }

    /// <summary>Finds what to try after a failure, and pauses before it where the engine needs a moment.</summary>
    /// <returns>False: nothing is left to try.</returns>
    public async ValueTask<bool> NextAsync(RequestAttempts request, AttemptResult last)
    {
        var rule = RetryRule.For(last.Kind);
        request.Own = request.Target == 0 ? (last, request.Tried[^1]) : request.Own;
        request.Limited += rule.IsLimited ? 1 : 0;
        if (!MayRetry(request, rule))
        {
            return false;
        }

        var failed = request.Backend.Name;
        if (!await FindNextAsync(request, rule, last))
        {
            return false;
        }

        metrics.Retried(failed, RetryRule.Word(last.Kind));
        return true;
    }

    /// <summary>Finds a replica or a fallback that can continue a stream which broke off.</summary>
    public async ValueTask<bool> ContinueAsync(RequestAttempts request)
    {
        var broken = AttemptResult.Of(GatewayError.StreamInterrupted(""), FailureKind.Reset);
        var failed = request.Backend.Name;
        if (request.Feature.Attempts > Retries(request)
            || !await FindNextAsync(request, RetryRule.For(broken.Kind) with { SameReplica = false }, broken)
            || request.Lease.Plan.Upstream.Backend.Profile.Requests.Continuation is null)
        {
            return false;
        }

        Count(request);
        metrics.Retried(failed, "resumed");
        return true;
    }

    /// <summary>Counts an attempt on the replica chosen last.</summary>
    public static void Count(RequestAttempts request)
    {
        request.Tried = [.. request.Tried, request.Next!];
        request.Feature.Attempts++;
        request.Feature.Backend = request.Backend.Name;
    }

    /// <summary>The result for the caller when nothing is left to try.</summary>
    /// <remarks>A fallback's refusal says nothing about the model asked for: then the failure of its own backend is the result.</remarks>
    public static AttemptResult Final(RequestAttempts request, AttemptResult last)
    {
        if (request.Target <= 0 || last.Kind is not (FailureKind.Final or FailureKind.ContextLength) || request.Own is not { } own)
        {
            return last;
        }

        request.Feature.Backend = request.Targets[0].Backend.Name;
        request.Feature.ServedModel = OutgoingRequestBuilder.LabelOf(request.Targets[0], request.Feature.Body!.Model);
        request.Answerer = own.Replica;
        return own.Result;
    }

    // What another attempt could not help, or must not repeat.
    private bool MayRetry(RequestAttempts request, RetryRule rule) =>
        rule != default && request.Feature.Attempts <= Retries(request) && !request.Context.RequestAborted.IsCancellationRequested && !IsLate(request) && IsReplayable(request);

    // Further attempts after the first, as the model's own backend has it.
    private static int Retries(RequestAttempts request) => request.Targets[0].Backend.Settings.Resilience.Retries;

    // A buffered body can be sent again, and so can an empty one; the client's own stream can be read only once, whatever length it
    // declares.
    private static bool IsReplayable(RequestAttempts request) =>
        request.Lease.Plan.Body is not null || request.Lease.Plan.Endpoint.WebSocket
        || request.Context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true };

    // The total deadline is the request's: another attempt would end with it.
    private bool IsLate(RequestAttempts request) => clock.GetElapsedTime(request.Feature.StartedAt) >= request.Backend.Deadlines.Total;

    // Among its replicas a backend in trouble is spared: by the budget, and by a limit for what is costly. A fallback that is
    // well has nothing to do with that trouble, and the last attempt is kept for it.
    private async ValueTask<bool> FindNextAsync(RequestAttempts request, RetryRule rule, AttemptResult last)
    {
        var isLast = request.Feature.Attempts >= Retries(request);
        if (isLast && rule.Fallback && await FallBackAsync(request, last))
        {
            return true;
        }

        var within = request.Limited <= rule.Times;
        if (within && rule.OtherReplica && BackendEntrance.Pick(request, request.Backend, request.Tried) is { } other && TrySpend(request))
        {
            request.Next = other;
            return true;
        }

        return (!isLast && rule.Fallback && await FallBackAsync(request, last)) || (within && rule.SameReplica && await AgainAsync(request, last) && TrySpend(request));
    }

    private bool TrySpend(RequestAttempts request) => budgets.Of(request.Backend).TrySpend();

    private async ValueTask<bool> FallBackAsync(RequestAttempts request, AttemptResult last)
    {
        for (var i = request.Target + 1; i < request.Targets.Count; i++)
        {
            if (last.Kind == FailureKind.ContextLength && !HoldsMore(request.Targets[i].Backend, request.Backend))
            {
                continue;
            }

            if (await EnterAsync(request, i, wait: false) is null)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HoldsMore(Backend fallback, Backend first) =>
        fallback.Settings.ContextWindow is { } window && window > (first.Settings.ContextWindow ?? 0);

    private async ValueTask<bool> AgainAsync(RequestAttempts request, AttemptResult last)
    {
        if (!request.Backend.Usable && request.Feature.Snapshot.Picker.Waits)
        {
            // As for a request that comes now: it makes no difference that this one came just before.
            request.Next = await entrance.WaitAsync(request, request.Backend);
            return request.Next is not null;
        }

        var pause = RetryAfter.Of(last.EngineError) ?? TimeSpan.FromMilliseconds(100 << Math.Min(request.Tried.Length, 5));
        if (pause > LongestPause)
        {
            // The caller gets Retry-After instead of waiting here that long.
            return false;
        }

        request.Pause = pause * (1 + (Random.Shared.NextDouble() / 4));
        request.Next = request.Tried[^1];
        return true;
    }

    private async ValueTask<GatewayError?> EnterAsync(RequestAttempts request, int target, bool wait, bool pastBreakers = false)
    {
        var (lease, replica, error) = await entrance.EnterAsync(request, request.Targets[target], wait, pastBreakers);
        if (error is not null)
        {
            return error;
        }

        lease.Plan.Continues = BackendEntrance.Continues(request.Feature, request.Targets[target].Backend);
        request.Lease.Dispose();
        (request.Target, request.Lease, request.Next, request.Limited) = (target, lease, replica, 0);
        budgets.Of(request.Backend).Earn();
        return null;
    }
}
