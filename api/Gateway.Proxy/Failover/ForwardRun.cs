using System.Runtime.CompilerServices;
using Gateway.Core.Errors;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Routing;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Proxy.Failover;

/// <summary>One request on its way through replicas and fallbacks, until something is committed or nothing is left to try.</summary>
public sealed class ForwardRun(TargetEntrance entrance, IReadOnlyList<ModelRoute> targets) : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private Replica[] _tried = [];
    private int _target = -1;
    private int _limited;
    private TargetEntry _entry;
    private Replica? _next;
    private (AttemptResult Result, Replica Replica)? _own;

    /// <summary>The pause before the next attempt.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>Further attempts after the first, as the model's own backend has it.</summary>
    private int Retries => targets[0].Backend.Settings.Resilience.Retries;

    public CancellationToken Aborted => entrance.Context.RequestAborted;

    /// <summary>Takes the first target that has a replica to offer; the model's own backend may be waited for.</summary>
    /// <returns>The error when there is none.</returns>
    public async ValueTask<GatewayError?> StartAsync()
    {
        var error = await EnterAsync(0, wait: targets.Count == 1);
        if (error is not null && !targets[0].Backend.Usable)
        {
            targets[0].Backend.LookAgain();
        }

        for (var i = 1; error is { Status: >= 500 } && i < targets.Count; i++)
        {
            error = await EnterAsync(i, wait: i == targets.Count - 1) is null ? null : error;
        }

        // An open breaker spares a replica while others can help. Where nobody can, a doubtful answer beats a certain refusal.
        return error is { Status: 503 } ? await EnterAsync(0, wait: false, pastBreakers: true) : error;
    }

    /// <summary>Tries the replica chosen last.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AttemptResult> AttemptAsync()
    {
        var replica = _next!;
        _tried = [.. _tried, replica];
        entrance.Feature.Attempts++;
        entrance.Feature.Backend = targets[_target].Backend.Name;
        return await BreakerGuard.TryAsync(entrance.Services, entrance.Context, _entry.Plan, replica);
    }

    /// <summary>What the caller is told at the end. What a fallback refuses says nothing of the model that was asked for: then it is why that one did not answer.</summary>
    public AttemptResult Told(AttemptResult last)
    {
        if (_target == 0 || last.Kind is not (FailureKind.Final or FailureKind.ContextLength) || _own is not { } own)
        {
            return last;
        }

        entrance.Feature.Backend = targets[0].Backend.Name;
        entrance.Feature.ServedModel = PlanBuilder.LabelOf(targets[0], entrance.Request.Model);
        entrance.Context.Response.Headers["x-gateway-backend"] = own.Replica.Name;
        return own.Result;
    }

    /// <summary>Finds what to try after a failure, and how long to wait before it.</summary>
    public async ValueTask<bool> PrepareRetryAsync(AttemptResult last)
    {
        var rule = RetryRule.For(last.Kind);
        _own = _target == 0 ? (last, _tried[^1]) : _own;
        _limited += rule.IsLimited ? 1 : 0;
        if (rule == default || entrance.Feature.Attempts > Retries || Aborted.IsCancellationRequested || IsLate() || !IsReplayable())
        {
            return false;
        }

        Pause = TimeSpan.Zero;
        var failed = targets[_target].Backend.Name;
        if (await FindNextAsync(rule, last))
        {
            entrance.Services.Metrics.Retried(failed, RetryRule.Word(last.Kind));
            return true;
        }

        return false;
    }

    /// <summary>Finds who may go on with a stream that broke off: another replica or a fallback that knows how.</summary>
    public async ValueTask<(ForwardPlan Plan, Replica Replica)?> ContinueAsync()
    {
        var broken = AttemptResult.Of(GatewayError.StreamInterrupted(""), FailureKind.Reset);
        var failed = targets[_target].Backend.Name;
        if (entrance.Feature.Attempts > Retries
            || !await FindNextAsync(RetryRule.For(broken.Kind) with { SameReplica = false }, broken)
            || _entry.Plan.Upstream.Backend.Profile.Requests.Continuation is null)
        {
            return null;
        }

        _tried = [.. _tried, _next!];
        entrance.Feature.Attempts++;
        entrance.Feature.Backend = targets[_target].Backend.Name;
        entrance.Services.Metrics.Retried(failed, "resumed");
        return (_entry.Plan, _next!);
    }

    public void Dispose() => _entry.Dispose();

    // A body held whole can be sent again, and so can none; the client's own stream is gone once it was read, whether it has told its length or not.
    private bool IsReplayable() => !entrance.Context.Response.HasStarted
        && (_entry.Plan.Body is not null || _entry.Plan.Endpoint.WebSocket || entrance.Context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true });

    // The deadline of the whole is the request's: another attempt would end with it at once.
    private bool IsLate() => entrance.Services.Clock.GetElapsedTime(entrance.Feature.StartedAt) >= targets[_target].Backend.Deadlines.Total;

    // Among its replicas a backend in trouble is spared: by the budget, and by a limit for what is costly. A fallback that is
    // well has nothing to do with that trouble, and the last attempt is kept for it.
    private async ValueTask<bool> FindNextAsync(RetryRule rule, AttemptResult last)
    {
        var isLast = entrance.Feature.Attempts >= Retries;
        if (isLast && rule.Fallback && await FallBackAsync(last))
        {
            return true;
        }

        var within = _limited <= rule.Times;
        if (within && rule.OtherReplica && entrance.Pick(targets[_target].Backend, _tried) is { } other && TrySpend())
        {
            _next = other;
            return true;
        }

        return (!isLast && rule.Fallback && await FallBackAsync(last)) || (within && rule.SameReplica && await AgainAsync(last) && TrySpend());
    }

    private bool TrySpend() => entrance.Services.Budgets.Of(targets[_target].Backend).TrySpend();

    private async ValueTask<bool> FallBackAsync(AttemptResult last)
    {
        for (var i = _target + 1; i < targets.Count; i++)
        {
            if (last.Kind == FailureKind.ContextLength && !HoldsMore(targets[i].Backend, targets[_target].Backend))
            {
                continue;
            }

            if (await EnterAsync(i, wait: false) is null)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HoldsMore(Backend fallback, Backend first) =>
        fallback.Settings.ContextWindow is { } window && window > (first.Settings.ContextWindow ?? 0);

    private async ValueTask<bool> AgainAsync(AttemptResult last)
    {
        var backend = targets[_target].Backend;
        if (!backend.Usable && entrance.Services.Picker.Waits)
        {
            // As for whoever comes now: it makes no difference that this one came just before.
            _next = await entrance.WaitAsync(backend);
            return _next is not null;
        }

        var pause = RetryAfter.Of(last.EngineError) ?? TimeSpan.FromMilliseconds(100 << Math.Min(_tried.Length, 5));
        if (pause > LongestPause)
        {
            // The caller is told how long to wait; holding it here that long helps nobody.
            return false;
        }

        Pause = pause * (1 + (Random.Shared.NextDouble() / 4));
        _next = _tried[^1];
        return true;
    }

    private async ValueTask<GatewayError?> EnterAsync(int target, bool wait, bool pastBreakers = false)
    {
        var (entry, replica, error) = await entrance.EnterAsync(targets[target], _tried, wait, pastBreakers);
        if (error is not null)
        {
            return error;
        }

        entry.Plan.Continues = entrance.Continues(targets[target].Backend) ? this : null;
        _entry.Dispose();
        (_target, _entry, _next, _limited) = (target, entry, replica, 0);
        entrance.Services.Budgets.Of(targets[target].Backend).Earn();
        return null;
    }
}
