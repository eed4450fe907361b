using Gateway.Engines;
using Gateway.Proxy.Failover;

namespace Gateway.Proxy.Backends;

/// <summary>One running engine of a backend: its address, its state, its load.</summary>
public sealed class Replica
{
    /// <summary>A listener that is being replaced refuses connections for a moment only.</summary>
    private static readonly TimeSpan CertainAfter = TimeSpan.FromSeconds(1);

    private volatile EngineState _state = EngineState.Starting;
    private volatile bool _seen;
    private volatile bool _wasReady;
    private volatile EngineLoad? _load;
    private volatile int _held = -1;
    private volatile string? _trouble;
    private volatile bool _hasAnswered;
    private long _troubleSince;
    private volatile string? _note;
    private long _refusedSince;
    private long _goneSince;
    private volatile string[] _lacking = [];
    private int _inFlight;
    private long _tokensDue;
    private long _uses;
    private readonly ChangeSignal _suspected = new();
    private volatile ChangeSignal _changes = new();

    public Replica(string name, EngineAddress address, int weight, ReplicaBreaker breaker)
    {
        (Name, Address, Weight, Breaker) = (name, address, weight, breaker);
        Score = new ReplicaScore(breaker.Clock);
        breaker.Closed = Score.Return;
    }

    /// <summary>Name for logs and headers: the backend's, with a number where there are several.</summary>
    public string Name { get; private set; }

    public EngineAddress Address { get; }

    /// <summary>Its share of the work beside its siblings.</summary>
    public int Weight { get; private set; }

    public ReplicaBreaker Breaker { get; private set; }

    /// <summary>How it has answered lately.</summary>
    public ReplicaScore Score { get; }

    /// <summary>A number for this address, the same on every gateway and after every start.</summary>
    public ulong Seed => Address.Seed;

    public EngineState State => _held < 0 ? _state : (EngineState)_held;

    /// <summary>As the last probe or the traffic found it, suspended or not.</summary>
    public EngineState Probed => _state;

    /// <summary>It gets no requests for now, whatever its state.</summary>
    public bool Held => _held >= 0;

    /// <summary>Why it gets no requests, for the error of those that would use it; null: no reason is known.</summary>
    public string? HeldNote => _note;

    /// <summary>It has been probed or used at least once; before that its state is unknown.</summary>
    public bool Seen => _seen;

    /// <summary>It has been ready since the gateway started, so a refused connection means it is gone, not still starting.</summary>
    public bool WasReady => _wasReady;

    /// <summary>The clock's timestamp since which it refuses connections, set after a second of that; 0: it does not.</summary>
    public long GoneSince => Volatile.Read(ref _goneSince);

    /// <summary>The load that it reported last; null where it does not.</summary>
    public EngineLoad? Load { get => _load; set => _load = value; }

    /// <summary>An engine, or something else, has answered there since the gateway started.</summary>
    public bool HasAnswered => _hasAnswered || _wasReady;

    /// <summary>Why it cannot be reached and for how long; null while it can be, or where nothing is known.</summary>
    public string? Trouble => _trouble is { } trouble
        ? TroubleTime is { TotalMinutes: >= 1 } time ? FormattableString.Invariant($"{trouble} for {(int)time.TotalMinutes} min") : trouble
        : null;

    /// <summary>For how long it could not be reached.</summary>
    public TimeSpan TroubleTime => _trouble is null ? TimeSpan.Zero : Breaker.Clock.GetElapsedTime(Interlocked.Read(ref _troubleSince));

    /// <summary>A probe did not reach it.</summary>
    public void ReportTrouble(string trouble)
    {
        if (_trouble is null)
        {
            Interlocked.Exchange(ref _troubleSince, Breaker.Clock.GetTimestamp());
        }

        _trouble = trouble;
    }

    /// <summary>A probe was answered, whatever it said.</summary>
    public void ReportAnswer() => (_trouble, _hasAnswered) = (null, true);

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Estimated tokens of the running answers that have not come yet.</summary>
    public long TokensDue => Volatile.Read(ref _tokensDue);

    /// <summary>Grows with use. It shows that requests came, not how many.</summary>
    public long Uses => Volatile.Read(ref _uses);

    /// <summary>A request may be tried on it: it is ready, or nothing is known yet.</summary>
    public bool Usable => _held < 0 && (!_seen || _state is EngineState.Ready or EngineState.Degraded);

    /// <summary>Other settings are in force. What the replica is and does is the same as before.</summary>
    /// <param name="breaker">A breaker by other rules; null: the rules are the same.</param>
    /// <param name="otherKey">It is asked with another key, which may be right or wrong.</param>
    public void Update(string name, int weight, ReplicaBreaker? breaker, bool otherKey)
    {
        (Name, Weight, Breaker) = (name, weight, breaker ?? Breaker);
        Breaker.Closed = Score.Return;
        if (otherKey)
        {
            ReportSuspect();
        }
    }

    public void Report(EngineState state)
    {
        if (state == EngineState.Ready)
        {
            if (_seen && _state is not (EngineState.Ready or EngineState.Degraded))
            {
                // It was restarted: failures before that no longer count.
                Breaker.Forget();
                Score.Return();
            }

            _wasReady = true;
        }

        if (state is EngineState.Unreachable or EngineState.Absent or EngineState.Starting)
        {
            // What comes back may be another version.
            _lacking = [];
        }

        var changed = !_seen || _state != state;
        _state = state;
        _seen = true;
        if (changed)
        {
            _changes.Set();
        }
    }

    /// <summary>It has answered that it does not have this path.</summary>
    public bool LacksProbe(string path) => Array.IndexOf(_lacking, path) >= 0;

    public void NoteLackingProbe(string path) => _lacking = [.. _lacking, path];

    /// <summary>Stops requests to it and shows it in this state, until <see cref="Release"/>.</summary>
    /// <param name="note">The reason, for the error of requests that would use it.</param>
    public void Hold(EngineState state, string? note = null)
    {
        _note = note;
        _held = (int)state;
        _changes.Set();
    }

    /// <summary>It may be used again as soon as a probe finds it ready.</summary>
    public void Release()
    {
        _held = -1;
        _note = null;
        _changes.Set();
        ReportSuspect();
    }

    /// <summary>A probe was refused: nothing listens at its address.</summary>
    public void Refused()
    {
        var now = Breaker.Clock.GetTimestamp();
        if (_refusedSince == 0)
        {
            _refusedSince = now;
        }
        else if (Breaker.Clock.GetElapsedTime(_refusedSince, now) >= CertainAfter)
        {
            Volatile.Write(ref _goneSince, _refusedSince);
        }
    }

    /// <summary>A probe was not refused, whatever else came of it.</summary>
    public void NotRefused()
    {
        _refusedSince = 0;
        Volatile.Write(ref _goneSince, 0);
    }

    /// <summary>A request met a refused connection: it gets no more requests, and is probed immediately.</summary>
    public void ReportUnreachable() => ReportGone(EngineState.Unreachable);

    /// <summary>A request met a loading engine: it gets no more requests, and is probed immediately.</summary>
    public void ReportLoading() => ReportGone(EngineState.Loading);

    /// <summary>A request got an invalid answer: it still gets requests, and is probed immediately.</summary>
    public void ReportSuspect() => _suspected.Set();

    private void ReportGone(EngineState state)
    {
        if (_state is EngineState.Ready or EngineState.Degraded)
        {
            Report(state);
        }

        ReportSuspect();
    }

    /// <summary>Completes when traffic gives a reason to probe it.</summary>
    public Task Suspected => _suspected.Next;

    /// <summary>Set with each change of its state; one signal for all replicas of a backend.</summary>
    internal void ShareChanges(ChangeSignal changes) => _changes = changes;

    /// <summary>An attempt begins.</summary>
    /// <param name="tokens">How many tokens its answer may have; 0 where they are not counted.</param>
    public void Enter(int tokens = 0)
    {
        Interlocked.Increment(ref _inFlight);
        Relayed(-tokens);
        // Two concurrent requests may count as one: only whether it was used matters.
        Volatile.Write(ref _uses, _uses + 1);
    }

    /// <summary>So many of the tokens that were due have come.</summary>
    public void Relayed(int tokens)
    {
        if (tokens != 0)
        {
            Interlocked.Add(ref _tokensDue, -tokens);
        }
    }

    /// <summary>An attempt has ended.</summary>
    /// <param name="tokens">How many of its tokens have not come.</param>
    public void Leave(int tokens = 0)
    {
        Relayed(tokens);
        Interlocked.Decrement(ref _inFlight);
    }
}
