using System.Diagnostics;
using System.Globalization;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Realtime;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Routing;
using Gateway.Proxy.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Proxy.Failover;

/// <summary>One attempt to get an answer from one replica.</summary>
internal sealed class Attempt : IStreamObserver, IDisposable
{
    /// <summary>The replica's count is updated once in this many tokens.</summary>
    private const int TokensPerUpdate = 8;

    private readonly TimeProvider _clock;
    private readonly DeadlineScanner _scanner;
    private readonly AttemptDeadlines _deadlines;
    private readonly HttpContext _context;
    private readonly CancellationToken _gatewayEnds;
    private int _due;
    private int _relayed;
    private AttemptResult? _result;
    private bool _settled;

    public Attempt(OutgoingRequest plan, Replica replica, DeadlineScanner scanner, TimeProvider clock, HttpContext context, CancellationToken ending)
    {
        (Plan, Replica, _scanner, _clock, _context, _gatewayEnds) = (plan, replica, scanner, clock, context, ending);
        var backend = plan.Upstream.Backend;
        Span = RequestSpans.StartAttempt(Request, backend.Name, replica.Name, replica.Address.Api);
        Uploads = plan.Body is null && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
        // In a session both sides may be silent for any time.
        var peer = plan.Endpoint.WebSocket ? null : replica;
        _deadlines = new AttemptDeadlines(backend, scanner, backend.Deadlines.Total - clock.GetElapsedTime(plan.Feature.StartedAt), peer, Uploads, context.RequestAborted, ending);
        _due = plan.TokensDue;
        // Last: Dispose undoes it, and is only called for an attempt that was made.
        replica.Enter(_due);
    }

    /// <summary>Its span; null when the request is not traced.</summary>
    public Activity? Span { get; }

    public OutgoingRequest Plan { get; }

    public Replica Replica { get; }

    public GatewayFeature Request => Plan.Feature;

    public EndpointSpec Endpoint => Plan.Endpoint;

    public EngineProfile Profile => Plan.Upstream.Backend.Profile;

    /// <summary>The engine's answer.</summary>
    public AnswerState Answer { get; } = new();

    /// <summary>Cancels what happens before the answer is committed.</summary>
    public CancellationToken Canceled => _deadlines.Canceled;

    public CancellationToken Stopped => _deadlines.Stopped;

    /// <summary>The caller's body is passed on as it comes.</summary>
    public bool Uploads { get; }

    /// <summary>How the replica's breaker counts it.</summary>
    public BreakerCount Count { get; init; }

    /// <summary>The upgrade that was asked of the engine; null where none was.</summary>
    public WebSocketHandshake? Handshake { get; set; }

    /// <summary>For <c>Server-Timing</c>: the milliseconds up to the engine's headers, shared out between the gateway, its queue and the
    /// engine.</summary>
    public string? Timing { get; private set; }

    /// <summary>The failure of an attempt that the gateway itself ended.</summary>
    public FailureKind CutKind => _deadlines.CutKind;

    /// <summary>An attempt to continue elsewhere what this one began.</summary>
    public Attempt Continue(OutgoingRequest plan, Replica replica) => new(plan, replica, _scanner, _clock, _context, _gatewayEnds);

    /// <summary>An answer that never came, or broke off before anything of it was sent.</summary>
    public AttemptResult Failed(GatewayError error) => AttemptResult.Of(error, CutShort() is not null ? CutKind : FailureKind.Reset);

    /// <summary>The engine answered with something that it must not be asked for again.</summary>
    public AttemptResult Unreadable(GatewayError error) => AttemptResult.Of(error, CutShort() is not null ? CutKind : FailureKind.Unreadable);

    /// <summary>How a stream ended of which nothing was sent: an interruption is an answer that never came.</summary>
    public AttemptResult Failed(SseRelay relay)
    {
        if (relay.EngineError is { } error)
        {
            return AttemptResult.Of(error);
        }

        var fault = relay.Fault!.Code == "stream_interrupted" ? GatewayError.Upstream(relay.Fault.Message) : relay.Fault;
        return relay.Unreadable ? Unreadable(fault) : Failed(fault);
    }

    /// <summary>The request goes to the engine now.</summary>
    public void Sent()
    {
        Request.SentAt = _clock.GetTimestamp();
        Request.FirstSentAt = Request.FirstSentAt == 0 ? Request.SentAt : Request.FirstSentAt;
    }

    /// <summary>The engine's headers are here.</summary>
    public void Measure()
    {
        var engine = _clock.GetElapsedTime(Request.SentAt).TotalMilliseconds;
        var queue = _clock.GetElapsedTime(0, Request.QueuedFor).TotalMilliseconds;
        var own = _clock.GetElapsedTime(Request.StartedAt + Request.ReadingFor, Request.FirstSentAt).TotalMilliseconds - queue;
        Timing = string.Create(CultureInfo.InvariantCulture, $"gateway;dur={own:0.##}, queue;dur={queue:0.##}, engine;dur={engine:0.##}");
    }

    /// <summary>The engine has answered with headers: a stream's first token is due, or the next piece of a body.</summary>
    public void HeadersCame(bool streamed) => _deadlines.HeadersCame(streamed);

    /// <summary>The client is sent the status: from here on, deadlines end the reading and not the request.</summary>
    /// <param name="whole">The answer is here whole: there is no more reading to end.</param>
    public void Commit(bool whole = false)
    {
        _deadlines.Commit(whole);
        Replica.Breaker.Answered();
        if (Plan.Upstream.Backend.Replicas.Count > 1)
        {
            Replica.Score.Answered(_clock.GetElapsedTime(Request.SentAt), Request.Streamed);
        }

        Received();
    }

    public void Received() => _deadlines.Received();

    public void Content()
    {
        _deadlines.TokenCame();
        CountToken();
        if (Request.FirstTokenAt == 0)
        {
            Request.FirstTokenAt = _clock.GetTimestamp();
            RequestSpans.FirstToken(Span, _clock.GetUtcNow());
        }
    }

    public EngineError Translate(ReadOnlySpan<byte> data) => Translate(200, data);

    /// <summary>An engine's error in OpenAI's words. Some engines repeat the key they refuse, which no client may see.</summary>
    public EngineError Translate(int status, ReadOnlySpan<byte> body)
    {
        var error = EngineErrorTranslator.Translate(Profile, status, body, Endpoint, Plan.LimitName);
        return Plan.Upstream.Backend.Secret is { } secret ? error.Without(secret) : error;
    }

    /// <summary>For how many seconds the engine asks to get no requests; null where it does not say.</summary>
    public int? RetryAfter(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Retry-After", out var values) ? Gateway.Proxy.Failover.RetryAfter.Read(values.ToString(), _clock) : null;

    public GatewayError FaultOf(Exception exception)
    {
        if (CutShort() is { } cut)
        {
            return _deadlines.Committed ? GatewayError.StreamInterrupted(cut.Message) : cut;
        }

        return _deadlines.Committed
            ? GatewayError.StreamInterrupted("The connection to the engine was lost before the answer was complete.")
            : GatewayError.Upstream($"{Profile.DisplayName} ended its answer early.");
    }

    /// <summary>Why the gateway itself ended the attempt: it is shutting down, or a deadline passed; null when it did not.</summary>
    public GatewayError? CutShort() => _deadlines.CutShort();

    /// <summary>The caller has left.</summary>
    public void Abandon() => _deadlines.Cancel();

    /// <summary>Notes for the replica's next requests how the attempt ended.</summary>
    /// <param name="result">How it ended; null where that says nothing of the replica.</param>
    public void Settle(AttemptResult? result)
    {
        if (!_settled)
        {
            (_settled, _result) = (true, result);
            ReplicaRecord.Note(this, result);
        }
    }

    public void Dispose()
    {
        Settle(Request.Outcome == Outcome.Pending ? null : AttemptResult.Answered);
        Replica.Leave(_due);
        RequestSpans.EndAttempt(Span, Answer.EngineStatus, ErrorCode());
        Answer.Dispose();
        _deadlines.Dispose();
    }

    // An event is about a token.
    private void CountToken()
    {
        if (_due > 0 && ++_relayed == TokensPerUpdate)
        {
            var tokens = Math.Min(_due, TokensPerUpdate);
            (_due, _relayed) = (_due - tokens, 0);
            Replica.Relayed(tokens);
        }
    }

    private string? ErrorCode() =>
        _result?.EngineError is { } error ? error.Code ?? error.Type : (_result?.Failure ?? Answer.Relay?.Fault)?.Code ?? Answer.Relay?.EngineError?.Type;
}
