using System.Diagnostics;
using System.Globalization;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Realtime;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Routing;
using Gateway.Proxy.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Proxy.Failover;

/// <summary>One try to get an answer from one replica: its deadlines, and what came of it.</summary>
internal sealed class Attempt : IStreamObserver, IDisposable
{
    private const int TokensAtOnce = 8;

    private static readonly CancellationSources Sources = new();

    private readonly TimeProvider _clock;
    private readonly DeadlineScanner _scanner;
    private readonly Deadline _deadline;
    private readonly CancellationTokenSource _before = Sources.Rent();
    private readonly HttpContext _context;
    private readonly CancellationToken _gatewayEnds;
    private readonly CancellationTokenRegistration _ending;
    private readonly CancellationTokenRegistration _left;
    private CancellationTokenSource? _after;
    private volatile bool _stopped;
    private DeadlineStage? _passed;
    private volatile bool _committed;
    private volatile bool _awaitsToken;
    private int _due;
    private int _relayed;
    private AttemptResult? _result;
    private bool _settled;

    public Attempt(OutgoingRequest plan, Replica replica, DeadlineScanner scanner, TimeProvider clock, HttpContext context, CancellationToken ending)
    {
        Plan = plan;
        Replica = replica;
        _scanner = scanner;
        _clock = clock;
        _context = context;
        _gatewayEnds = ending;
        Span = RequestSpans.StartAttempt(Request, plan.Upstream.Backend.Name, replica.Name, replica.Address.Api);
        Uploads = plan.Body is null && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
        _ending = ending.UnsafeRegister(static attempt => ((Attempt)attempt!).Stop(), this);
        _left = context.RequestAborted.UnsafeRegister(static attempt => ((Attempt)attempt!).Abandon(), this);
        // The total deadline is the request's, whatever attempt it is in.
        // In a session both sides may be silent for as long as they like.
        _deadline = scanner.Add(Deadlines.Total - clock.GetElapsedTime(plan.Feature.StartedAt), Expire, plan.Endpoint.WebSocket ? null : replica);
        try
        {
            _deadline.Set(DeadlineStage.Headers, Deadlines.Headers);
        }
        catch
        {
            // The caller has nothing yet that it could dispose of.
            scanner.Remove(_deadline);
            _ending.Dispose();
            _left.Dispose();
            throw;
        }

        _due = plan.TokensDue;
        // Last, because what it enters is left when it is disposed of, which takes that it was made.
        replica.Enter(_due);
    }

    /// <summary>Its span; null when the request is not traced.</summary>
    public Activity? Span { get; }

    public OutgoingRequest Plan { get; }

    public Replica Replica { get; }

    public GatewayFeature Request => Plan.Feature;

    public EndpointSpec Endpoint => Plan.Endpoint;

    public EngineProfile Profile => Plan.Upstream.Backend.Profile;

    /// <summary>Cancels what happens before the answer is committed.</summary>
    public CancellationToken Canceled => _before.Token;

    public CancellationToken Stopped => _after?.Token ?? Canceled;

    /// <summary>The caller's body is passed on as it comes.</summary>
    public bool Uploads { get; }

    /// <summary>How the replica's breaker counts it.</summary>
    public BreakerCount Count { get; init; }

    /// <summary>The upgrade that was asked of the engine; null where none was.</summary>
    public WebSocketHandshake? Handshake { get; set; }

    /// <summary>A sound answer that is held whole; null where it passes as it comes.</summary>
    public BodyBuffer? Held { get; set; }

    /// <summary>What of <see cref="Held"/> the client gets.</summary>
    public ReadOnlyMemory<byte> Bytes { get; set; }

    /// <summary>The engine's body, with its headers, in whose place another one is sent.</summary>
    public HttpContent? EngineContent { get; set; }

    /// <summary>The body was decompressed.</summary>
    public bool Decoded { get; set; }

    /// <summary>The type of the client's answer, where it is not the engine's.</summary>
    public string? ContentType { get; set; }

    /// <summary>The length of a body that passes as it is, in bytes; null where it is unknown.</summary>
    public long? Length { get; set; }

    /// <summary>For <c>Server-Timing</c>: the time up to the engine's headers, shared out between the gateway, its queue and the engine.</summary>
    public string? Timing { get; private set; }

    /// <summary>The engine's status, as it sent it.</summary>
    public int EngineStatus { get; set; }

    /// <summary>The stream, once it is being relayed.</summary>
    public SseRelay? Relay { get; set; }

    private Deadlines Deadlines => Plan.Upstream.Backend.Deadlines;

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

    /// <summary>The client gets this stream in place of the engine's body.</summary>
    public void Pass(HttpResponseMessage response, Stream body)
    {
        EngineContent = response.Content;
        response.Content = new StreamContent(body);
    }

    /// <summary>The body that was held is not what the client gets.</summary>
    public void Drop()
    {
        Held?.Dispose();
        (Held, Bytes) = (null, default);
    }

    /// <summary>The engine is asked now.</summary>
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
    public void HeadersCame(bool streamed)
    {
        _awaitsToken = streamed;
        _deadline.Set(streamed ? DeadlineStage.FirstToken : DeadlineStage.Idle, streamed ? Deadlines.FirstToken : Deadlines.Idle);
    }

    /// <summary>The client is told 200: from here on, deadlines end the reading and not the request.</summary>
    /// <param name="whole">The answer is here whole: there is no more reading to end.</param>
    public void Commit(bool whole = false)
    {
        _after = whole ? null : new CancellationTokenSource();
        _committed = true;
        Replica.Breaker.Answered();
        if (Plan.Upstream.Backend.Replicas.Count > 1)
        {
            Replica.Score.Answered(_clock.GetElapsedTime(Request.SentAt), Request.Streamed);
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

    /// <summary>The caller has left.</summary>
    public void Abandon() => Cancel();

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
        RequestSpans.EndAttempt(Span, EngineStatus, Failed());
        Held?.Dispose();
        _ending.Dispose();
        _left.Dispose();
        _scanner.Remove(_deadline);
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
        _result?.EngineError is { } error ? error.Code ?? error.Type : (_result?.Failure ?? Relay?.Fault)?.Code ?? Relay?.EngineError?.Type;

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
