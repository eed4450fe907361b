using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Responses;

namespace Gateway.Proxy.Failover;

/// <summary>When one attempt is canceled: by a deadline, by the caller, by the end of the gateway.</summary>
/// <remarks>Before the commit that cancels the request to the engine, afterwards only the reading of its answer.</remarks>
internal sealed class AttemptDeadlines : IDisposable
{
    private static readonly CancellationSources Sources = new();

    private readonly Backend _backend;
    private readonly bool _uploads;
    private readonly DeadlineScanner _scanner;
    private readonly Deadline _deadline;
    private readonly CancellationTokenSource _before = Sources.Rent();
    private readonly CancellationTokenRegistration _ending;
    private readonly CancellationTokenRegistration _left;
    private CancellationTokenSource? _after;
    private volatile bool _stopped;
    private DeadlineStage? _passed;
    private volatile bool _committed;
    private volatile bool _awaitsToken;

    /// <param name="backend">Its settings name the deadlines.</param>
    /// <param name="scanner">Watches the deadlines.</param>
    /// <param name="total">What is left of the request's total deadline, whatever attempt it is in.</param>
    /// <param name="peer">The replica, whose silence counts once it refuses connections; null: silence does not matter.</param>
    /// <param name="uploads">The caller's body is passed on as it comes.</param>
    /// <param name="left">The caller has left.</param>
    /// <param name="ending">The gateway ends.</param>
    public AttemptDeadlines(Backend backend, DeadlineScanner scanner, TimeSpan total, Replica? peer, bool uploads, CancellationToken left, CancellationToken ending)
    {
        (_backend, _uploads, _scanner) = (backend, uploads, scanner);
        _ending = ending.UnsafeRegister(static deadlines => ((AttemptDeadlines)deadlines!).Stop(), this);
        _left = left.UnsafeRegister(static deadlines => ((AttemptDeadlines)deadlines!).Cancel(), this);
        _deadline = scanner.Add(total, Expire, peer);
        var started = false;
        try
        {
            _deadline.Set(DeadlineStage.Headers, Settings.Headers);
            started = true;
        }
        finally
        {
            if (!started)
            {
                // The caller has no object to dispose of yet.
                Dispose();
            }
        }
    }

    /// <summary>Cancels what happens before the answer is committed.</summary>
    public CancellationToken Canceled => _before.Token;

    /// <summary>Cancels what happens now.</summary>
    public CancellationToken Stopped => _after?.Token ?? Canceled;

    /// <summary>The client has been sent the status.</summary>
    public bool Committed => _committed;

    /// <summary>The failure of an attempt that the gateway itself ended; see <see cref="CutShort"/>.</summary>
    public FailureKind CutKind =>
        _stopped ? FailureKind.Final
        : _passed == DeadlineStage.Gone ? FailureKind.Connect
        // It is unknown who was silent: the engine, or the caller who sends the body bit by bit.
        : _passed == DeadlineStage.Headers && _uploads ? FailureKind.Final
        : FailureKind.Silence;

    private Deadlines Settings => _backend.Deadlines;

    /// <summary>Why the gateway itself ended the attempt: it is shutting down, or a deadline passed; null when it did not.</summary>
    public GatewayError? CutShort() =>
        _stopped ? GatewayError.ShuttingDown
        : _passed == DeadlineStage.Gone ? GatewayError.EngineUnavailable(_backend.Profile.DisplayName, "it refuses connections and has fallen silent")
        : PassedDeadline();

    /// <summary>The engine has answered with headers: a stream's first token is due, or the next piece of a body.</summary>
    public void HeadersCame(bool streamed)
    {
        _awaitsToken = streamed;
        _deadline.Set(streamed ? DeadlineStage.FirstToken : DeadlineStage.Idle, streamed ? Settings.FirstToken : Settings.Idle);
    }

    /// <summary>From here on, deadlines end the reading and not the request.</summary>
    /// <param name="whole">The answer is here whole: there is no more reading to end.</param>
    public void Commit(bool whole)
    {
        _after = whole ? null : new CancellationTokenSource();
        _committed = true;
    }

    /// <summary>Bytes came from the engine.</summary>
    public void Received()
    {
        if (_awaitsToken)
        {
            _deadline.Heard();
        }
        else
        {
            _deadline.Set(DeadlineStage.Idle, Settings.Idle);
        }
    }

    /// <summary>A token came from the engine.</summary>
    public void TokenCame()
    {
        if (_awaitsToken)
        {
            _awaitsToken = false;
            _deadline.Set(DeadlineStage.Idle, Settings.Idle);
        }
    }

    /// <summary>Ends what happens now.</summary>
    public void Cancel()
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

    public void Dispose()
    {
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

    private GatewayError? PassedDeadline() => _passed switch
    {
        DeadlineStage.Headers => GatewayError.UpstreamTimeout("response headers", Settings.Headers.TotalSeconds, Settings.SettingOf(DeadlineNames.Headers)),
        DeadlineStage.FirstToken => GatewayError.FirstTokenTimeout(Settings.FirstToken.TotalSeconds, Settings.SettingOf(DeadlineNames.FirstToken)),
        DeadlineStage.Idle => GatewayError.UpstreamTimeout("idle", Settings.Idle.TotalSeconds, Settings.SettingOf(DeadlineNames.Idle)),
        DeadlineStage.Total => GatewayError.UpstreamTimeout("total", Settings.Total.TotalSeconds, Settings.SettingOf(DeadlineNames.Total)),
        DeadlineStage.Gone or null => null,
        _ => throw new InvalidOperationException($"{_passed} has no error."),
    };

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
}
