using System.Runtime.CompilerServices;
using Gateway.Backends;
using Gateway.Bodies;
using Gateway.Configuration;
using Gateway.Endpoints;
using Gateway.Errors;
using Gateway.Routing;
using Gateway.Telemetry;
using Polly.CircuitBreaker;

namespace Gateway.Forwarding;

/// <summary>One request on its way through replicas and fallbacks, until something is committed or nothing is left to try.</summary>
internal sealed class ForwardRun(ForwardServices services, HttpContext context, GatewayFeature feature, ClientRequest request, IReadOnlyList<ModelRoute> targets) : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(60);

    private static readonly byte[] Queued = [.. ": waiting in the queue\n\n"u8];
    private static readonly byte[] Loading = [.. ": waiting for the engine to load\n\n"u8];

    private Replica[] _tried = [];
    private int _target = -1;
    private int _serverErrors;
    private ForwardPlan? _plan;
    private BodyBuffer? _mended;
    private AdmissionPlace? _place;
    private Replica? _next;
    private (AttemptResult Result, Replica Replica)? _own;

    /// <summary>The pause before the next attempt.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>Further attempts after the first, as the model's own backend has it.</summary>
    public int Retries => targets[0].Backend.Settings.Resilience.Retries;

    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>Takes the first target that has a replica to offer; the model's own backend may be waited for.</summary>
    /// <returns>The error when there is none.</returns>
    public async ValueTask<GatewayError?> StartAsync()
    {
        services.Budgets.Of(targets[0].Backend).Earn();
        var error = await EnterAsync(0, wait: targets.Count == 1);
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
        feature.Attempts++;
        feature.Backend = targets[_target].Backend.Name;
        if (!replica.Breaker.Lets)
        {
            return await services.Forwarder.TryAsync(context, _plan!, replica);
        }

        if (replica.Breaker.IsClosed)
        {
            return await AttemptAsync(replica);
        }

        var result = AttemptResult.Answered;
        try
        {
            await replica.Breaker.Pipeline.ExecuteAsync(
                async _ =>
                {
                    result = await services.Forwarder.TryAsync(context, _plan!, replica);
                    return !result.BlamesReplica;
                },
                CancellationToken.None);
        }
        catch (BrokenCircuitException)
        {
            result = AttemptResult.Of(ReplicaPicker.Unusable(targets[_target].Backend), FailureKind.Connect);
        }

        Judge(replica, result);
        return result;
    }

    /// <summary>What the caller is told at the end. What a fallback refuses says nothing of the model that was asked for: then it is why that one did not answer.</summary>
    public AttemptResult Told(AttemptResult last)
    {
        if (_target == 0 || last.Kind is not (FailureKind.Final or FailureKind.ContextLength) || _own is not { } own)
        {
            return last;
        }

        feature.Backend = targets[0].Backend.Name;
        feature.ServedModel = PlanBuilder.LabelOf(targets[0], request.Model);
        context.Response.Headers["x-gateway-backend"] = own.Replica.Name;
        return own.Result;
    }

    // The usual way: with the breaker closed there is nothing to ask it, only to tell it afterwards.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AttemptResult> AttemptAsync(Replica replica)
    {
        try
        {
            var result = await services.Forwarder.TryAsync(context, _plan!, replica);
            replica.Breaker.Count(success: !result.BlamesReplica);
            Judge(replica, result);
            return result;
        }
        catch (IOException)
        {
            replica.Breaker.Count(success: false);
            throw;
        }
    }

    /// <summary>Finds what to try after a failure, and how long to wait before it.</summary>
    public async ValueTask<bool> PrepareRetryAsync(AttemptResult last)
    {
        var rule = RetryRule.For(last.Kind);
        _own = _target == 0 ? (last, _tried[^1]) : _own;
        _serverErrors += last.Kind == FailureKind.ServerError ? 1 : 0;
        if (rule == default || _serverErrors > rule.Times || Aborted.IsCancellationRequested || !IsReplayable() || !services.Budgets.Of(targets[0].Backend).TrySpend())
        {
            return false;
        }

        Pause = TimeSpan.Zero;
        var failed = targets[_target].Backend.Name;
        if (await FindNextAsync(rule, last))
        {
            services.Metrics.Retried(failed, RetryRule.Word(last.Kind));
            return true;
        }

        return false;
    }

    /// <summary>Finds who may go on with a stream that broke off: another replica or a fallback that knows how.</summary>
    public async ValueTask<(ForwardPlan Plan, Replica Replica)?> ContinueAsync()
    {
        var broken = AttemptResult.Of(GatewayError.StreamInterrupted(""), FailureKind.Reset);
        var failed = targets[_target].Backend.Name;
        if (feature.Attempts > Retries
            || !services.Budgets.Of(targets[0].Backend).TrySpend()
            || !await FindNextAsync(RetryRule.For(broken.Kind) with { SameReplica = false }, broken)
            || _plan!.Upstream.Backend.Profile.Requests.Continuation is null)
        {
            return null;
        }

        _tried = [.. _tried, _next!];
        feature.Attempts++;
        feature.Backend = targets[_target].Backend.Name;
        services.Metrics.Retried(failed, "resumed");
        return (_plan, _next!);
    }

    public void Dispose()
    {
        _mended?.Dispose();
        _place?.Dispose();
    }

    // A body held whole can be sent again; the client's own stream is gone once it was read.
    private bool IsReplayable() => !context.Response.HasStarted && (_plan!.Body is not null || context.Request.ContentLength is null or 0);

    // Without a limit there is no queue, and what passes here in microseconds is the gateway's own work.
    private void CountWait(Backend backend, long ticks)
    {
        if (backend.Settings.Admission.MaxConcurrency is not null || ticks > services.Clock.TimestampFrequency / 1000)
        {
            feature.QueuedFor += ticks;
            RequestSpans.Waited(feature, backend.Name, services.Clock.GetUtcNow(), services.Clock.GetElapsedTime(0, ticks));
        }
    }

    // An answer that began is noted by the attempt itself.
    private void Judge(Replica replica, AttemptResult result)
    {
        if (result.BlamesReplica || result.Kind == FailureKind.Overloaded)
        {
            replica.Standing.Failed();
        }

        if (result.Kind == FailureKind.Overloaded && RetryAfter.Of(result.EngineError, services.Clock) is { } rest)
        {
            replica.Standing.Rest(rest < LongestRest ? rest : LongestRest);
        }

        if (feature is { Outcome: Outcome.Ok, Usage.Output: > 0 })
        {
            targets[_target].Backend.Lineage.Answered(feature.Usage.Output);
        }
    }

    private async ValueTask<bool> FindNextAsync(RetryRule rule, AttemptResult last)
    {
        if (rule.OtherReplica && services.Picker.Pick(targets[_target].Backend, _tried, prefix: Prefix(targets[_target].Backend)) is { } other)
        {
            _next = other;
            return true;
        }

        return (rule.Fallback && await FallBackAsync(last)) || (rule.SameReplica && Again(last));
    }

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

    private ulong Prefix(Backend backend) =>
        backend.Settings.PrefixAffinity && backend.Replicas.Count > 1 && request.Members is { } members ? PromptPrefix.Of(members) : 0;

    private static bool HoldsMore(Backend fallback, Backend first) =>
        fallback.Settings.ContextWindow is { } window && window > (first.Settings.ContextWindow ?? 0);

    private bool Again(AttemptResult last)
    {
        var pause = RetryAfter.Of(last.EngineError, services.Clock) ?? TimeSpan.FromMilliseconds(100 << Math.Min(_tried.Length, 5));
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
        var route = targets[target];
        if (CapabilityGate.Check(route.Backend, feature.Endpoint!) is { } unsupported)
        {
            return unsupported;
        }

        var (plan, mended, refused) = services.Plans.Build(context, feature, request, route, services.Upstreams.Of(route.Backend));
        var waiting = services.Clock.GetTimestamp();
        var (place, full) = refused is null ? await HoldAsync(services.Admission.EnterAsync(route.Backend, feature.KeyName, Aborted), Queued) : (null, null);
        Replica? replica = null;
        try
        {
            replica = refused is null && full is null ? await FindReplicaAsync(route.Backend, wait, pastBreakers) : null;
        }
        catch (OperationCanceledException)
        {
            // The caller left while an engine was loading: its place is free again.
            mended?.Dispose();
            place?.Dispose();
            throw;
        }

        CountWait(route.Backend, services.Clock.GetTimestamp() - waiting);
        feature.ServedModel = PlanBuilder.LabelOf(route, request.Model);
        if (replica is null)
        {
            mended?.Dispose();
            place?.Dispose();
            return refused ?? full ?? ReplicaPicker.Unusable(route.Backend);
        }

        plan!.Continues = ContinuesAt(route.Backend) ? this : null;
        Dispose();
        (_target, _plan, _mended, _place, _next) = (target, plan, mended, place, replica);
        return null;
    }

    private bool ContinuesAt(Backend backend) =>
        backend.Settings.Resume == Resume.Continue && request.Streams && feature.Endpoint!.Id == EndpointId.ChatCompletions && request.Members is { } members && ContinuationBody.Allows(members);

    // A caller of a stream is told now and then that its request is not forgotten.
    private ValueTask<T> HoldAsync<T>(ValueTask<T> waiting, byte[] comment) => waiting.IsCompleted || !request.Streams || feature.Endpoint!.Stream == StreamShape.None
        ? waiting
        : services.Hold.WaitAsync(context, feature, waiting, comment);

    private async ValueTask<Replica?> FindReplicaAsync(Backend backend, bool wait, bool pastBreakers)
    {
        using var wanted = services.Demand.Want(backend);
        if (wait)
        {
            await HoldAsync(services.Picker.WaitUsableAsync(backend, Aborted), Loading);
        }

        return services.Picker.Pick(backend, _tried, pastBreakers, Prefix(backend));
    }
}
