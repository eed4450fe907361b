using System.Diagnostics;
using System.Globalization;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Routing;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Failover;

/// <summary>One try to get an answer from one replica: its deadlines, and what came of it.</summary>
internal sealed class Attempt : IStreamObserver, IDisposable
{
    private const int TokensAtOnce = 8;

    private static readonly CancellationSources Sources = new();

    private readonly (CancellationToken Aborted, CancellationToken Ending) _outside;
    private readonly TimeProvider _clock;
    private readonly DeadlineWheel _wheel;
    private readonly Deadline _deadline;
    private readonly CancellationTokenSource _before = Sources.Rent();
    private readonly CancellationToken _aborted;
    private CancellationTokenSource? _after;
    private readonly CancellationTokenRegistration _ending;
    private volatile bool _stopped;
    private DeadlineStage? _passed;
    private volatile bool _committed;
    private volatile bool _awaitsToken;
    private int _due;
    private int _relayed;

    public Attempt(ForwardPlan plan, Replica replica, DeadlineWheel wheel, TimeProvider clock, CancellationToken aborted, CancellationToken ending)
    {
        _outside = (aborted, ending);
        Plan = plan;
        Replica = replica;
        _wheel = wheel;
        _clock = clock;
        _aborted = aborted;
        Span = RequestSpans.StartAttempt(Request, plan.Upstream.Backend.Name, replica.Name, replica.Address.Api);
        _ending = ending.UnsafeRegister(static attempt => ((Attempt)attempt!).Stop(), this);
        // The total deadline is the request's, whatever attempt it is in.
        // In a session both sides may be silent for as long as they like.
        _deadline = wheel.Add(Deadlines.Total - clock.GetElapsedTime(plan.Feature.StartedAt), Expire, plan.Endpoint.WebSocket ? null : replica);
        try
        {
            _deadline.Set(DeadlineStage.Headers, Deadlines.Headers);
        }
        catch
        {
            // There is nobody yet who could dispose of it.
            wheel.Remove(_deadline);
            _ending.Dispose();
            throw;
        }

        _due = plan.TokensDue;
        // Last, because what it enters is left when it is disposed of, which takes that it was made.
        replica.Enter(_due);
    }

    /// <summary>Its span; null when the request is not traced.</summary>
    public Activity? Span { get; }

    public ForwardPlan Plan { get; }

    public Replica Replica { get; }

    public GatewayFeature Request => Plan.Feature;

    public EndpointSpec Endpoint => Plan.Endpoint;

    public EngineProfile Profile => Plan.Upstream.Backend.Profile;

    /// <summary>Cancels what happens before the answer is committed.</summary>
    public CancellationToken Canceled => _before.Token;

    public CancellationToken Stopped => _after?.Token ?? Canceled;

    /// <summary>The caller's body is passed on as it comes.</summary>
    public bool Uploads { get; init; }

    /// <summary>The engine's own error, instead of an answer.</summary>
    public EngineError? EngineError { get; set; }

    /// <summary>Why there is no answer.</summary>
    public GatewayError? Failure { get; set; }

    /// <summary>There is an answer, but none that can be read.</summary>
    public bool IsUnreadable { get; private set; }

    /// <summary>The engine's status, as it sent it.</summary>
    public int EngineStatus { get; set; }

    /// <summary>The stream, once it is being relayed.</summary>
    public SseRelay? Relay { get; set; }

    private Deadlines Deadlines => Plan.Upstream.Backend.Deadlines;

    /// <summary>An attempt to go on elsewhere with what this one began.</summary>
    public Attempt Next(ForwardPlan plan, Replica replica) => new(plan, replica, _wheel, _clock, _outside.Aborted, _outside.Ending);

    /// <summary>The engine answered with something that it must not be asked for again.</summary>
    public void Unreadable(GatewayError error) => (Failure, IsUnreadable) = (error, true);

    /// <summary>Takes over how a stream ended of which nothing was committed: an interruption is an answer that never came.</summary>
    public void Fail(SseRelay relay)
    {
        EngineError = relay.EngineError;
        Failure = relay.Fault is { } fault ? AnswerJudge.AsUpstream(fault) : null;
        IsUnreadable = relay.Unreadable;
    }

    /// <summary>The engine is asked now.</summary>
    public void Sent()
    {
        Request.SentAt = _clock.GetTimestamp();
        Request.FirstSentAt = Request.FirstSentAt == 0 ? Request.SentAt : Request.FirstSentAt;
    }

    /// <summary>For <c>Server-Timing</c>: the time up to the engine's headers, shared out between the gateway, its queue and the engine.</summary>
    public string Timing()
    {
        var engine = _clock.GetElapsedTime(Request.SentAt).TotalMilliseconds;
        var queue = _clock.GetElapsedTime(0, Request.QueuedFor).TotalMilliseconds;
        var own = _clock.GetElapsedTime(Request.StartedAt + Request.ReadingFor, Request.FirstSentAt).TotalMilliseconds - queue;
        return string.Create(CultureInfo.InvariantCulture, $"gateway;dur={own:0.##}, queue;dur={queue:0.##}, engine;dur={engine:0.##}");
    }

    /// <summary>The engine has answered with headers: a stream's first token is due, or the next piece of a body.</summary>
    public void HeadersCame(bool streamed)
    {
        _awaitsToken = streamed;
        _deadline.Set(streamed ? DeadlineStage.FirstToken : DeadlineStage.Idle, streamed ? Deadlines.FirstToken : Deadlines.Idle);
    }

    /// <summary>The client is told 200: from here on, deadlines end the reading and not the request.</summary>
    /// <param name="whole">The answer is here whole: there is no more reading to end.</param>
    public void Commit(bool whole = false)
    {
        _after = whole ? null : CancellationTokenSource.CreateLinkedTokenSource(_aborted);
        _committed = true;
        Replica.Breaker.Answered();
        if (Plan.Upstream.Backend.Replicas.Count > 1)
        {
            Replica.Standing.Answered(_clock.GetElapsedTime(Request.SentAt), Request.Streamed);
        }

        Received();
    }

    public void Received()
    {
        if (_awaitsToken)
        {
            _deadline.Heard();
        }
        else
        {
            _deadline.Set(DeadlineStage.Idle, Deadlines.Idle);
        }
    }

    public void Content()
    {
        if (_awaitsToken)
        {
            _awaitsToken = false;
            _deadline.Set(DeadlineStage.Idle, Deadlines.Idle);
        }

        CountToken();
        if (Request.FirstTokenAt == 0)
        {
            Request.FirstTokenAt = _clock.GetTimestamp();
            RequestSpans.FirstToken(Span, _clock.GetUtcNow());
        }
    }

    public EngineError Translate(ReadOnlySpan<byte> data) => Translate(200, data);

    /// <summary>An engine's error in OpenAI's words. Some engines repeat the key they refuse, and that key is no client's business.</summary>
    public EngineError Translate(int status, ReadOnlySpan<byte> body)
    {
        var error = EngineErrorTranslator.Translate(Profile, status, body, Endpoint, Plan.LimitName);
        return Plan.Upstream.Backend.Secret is { } secret ? error.Without(secret) : error;
    }

    /// <summary>For how many seconds the engine wants to be left alone.</summary>
    public int? RetryAfter(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Retry-After", out var values) ? Gateway.Proxy.Failover.RetryAfter.Read(values.ToString(), _clock) : null;

    /// <summary>What kind of failure its <see cref="Failure"/> is.</summary>
    public FailureKind Kind =>
        CutShort() is not null ? CutKind : IsUnreadable ? FailureKind.Unreadable : FailureKind.Reset;

    /// <summary>What kind of failure it is that the gateway itself ended the attempt.</summary>
    public FailureKind CutKind =>
        _stopped ? FailureKind.Final
        : _passed == DeadlineStage.Gone ? FailureKind.Connect
        // Nobody knows who was silent: the engine, or the caller who sends the body bit by bit.
        : _passed == DeadlineStage.Headers && Uploads ? FailureKind.Final
        : FailureKind.Silence;

    public GatewayError FaultOf(Exception exception) => CutShort() is { } late
        ? _committed ? GatewayError.StreamInterrupted(late.Message) : late
        : _committed
            ? GatewayError.StreamInterrupted("The connection to the engine broke before the answer was complete.")
            : GatewayError.Upstream($"{Profile.DisplayName} broke off its answer.");

    /// <summary>Why the gateway itself ended the attempt: it is shutting down, or a deadline passed; null when it did not.</summary>
    public GatewayError? CutShort() =>
        _stopped ? GatewayError.ShuttingDown
        : _passed == DeadlineStage.Gone ? GatewayError.EngineUnavailable(Profile.DisplayName, "it refuses connections and has fallen silent")
        : PassedDeadline();

    /// <summary>The error of the deadline that passed, or null.</summary>
    public GatewayError? PassedDeadline() => _passed switch
    {
        DeadlineStage.Headers => GatewayError.UpstreamTimeout("response headers", Deadlines.Headers.TotalSeconds, Deadlines.SettingOf(DeadlineNames.Headers)),
        DeadlineStage.FirstToken => GatewayError.FirstTokenTimeout(Deadlines.FirstToken.TotalSeconds, Deadlines.SettingOf(DeadlineNames.FirstToken)),
        DeadlineStage.Idle => GatewayError.UpstreamTimeout("idle", Deadlines.Idle.TotalSeconds, Deadlines.SettingOf(DeadlineNames.Idle)),
        DeadlineStage.Total => GatewayError.UpstreamTimeout("total", Deadlines.Total.TotalSeconds, Deadlines.SettingOf(DeadlineNames.Total)),
        DeadlineStage.Gone or null => null,
        _ => throw new InvalidOperationException(),
    };

    public void Dispose()
    {
        Replica.Leave(_due);
        RequestSpans.EndAttempt(Span, EngineStatus, Failed());
        _ending.Dispose();
        _wheel.Remove(_deadline);
        _after?.Dispose();
        if (_deadline.Retire())
        {
            Sources.Return(_before);
        }
        else
        {
            _before.Dispose();
        }
    }

    // An event is a token, more or less; the replica is told of a few at a time.
    private void CountToken()
    {
        if (_due > 0 && ++_relayed == TokensAtOnce)
        {
            var tokens = Math.Min(_due, TokensAtOnce);
            (_due, _relayed) = (_due - tokens, 0);
            Replica.Relayed(tokens);
        }
    }

    private string? Failed() =>
        EngineError is { } error ? error.Code ?? error.Type : (Failure ?? Relay?.Fault)?.Code ?? Relay?.EngineError?.Type;

    private void Expire(DeadlineStage stage)
    {
        _passed = stage;
        Cancel();
    }

    private void Stop()
    {
        _stopped = true;
        Cancel();
    }

    private void Cancel()
    {
        try
        {
            (_committed ? _after : _before)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The request ended in the same moment: there is nothing left to stop.
        }
    }
}
