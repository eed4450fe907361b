using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Responses;

/// <summary>Checks the deadlines of all running requests ten times a second with one timer.</summary>
public sealed class DeadlineScanner : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private Deadline? _first;

    public DeadlineScanner(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(static scanner => ((DeadlineScanner)scanner!).Check(), this, Tick, Tick);
    }

    /// <summary>How many are watched: one for each attempt under way.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                var count = 0;
                for (var deadline = _first; deadline is not null; deadline = deadline.Next)
                {
                    count++;
                }

                return count;
            }
        }
    }

    /// <summary>Starts to watch.</summary>
    /// <param name="total">The deadline of the whole, counted from now.</param>
    /// <param name="expired">Called once, on a timer thread, with the stage that passed its deadline.</param>
    /// <param name="peer">The replica that answers: the wait ends once it is gone. Null: it is not checked.</param>
    public Deadline Add(TimeSpan total, Action<DeadlineStage> expired, Replica? peer = null)
    {
        var deadline = new Deadline(_clock, _clock.GetTimestamp() + (long)(total.TotalSeconds * _clock.TimestampFrequency), expired, peer);
        lock (_lock)
        {
            deadline.Next = _first;
            if (_first is not null)
            {
                _first.Previous = deadline;
            }

            _first = deadline;
        }

        return deadline;
    }

    public void Remove(Deadline deadline)
    {
        lock (_lock)
        {
            if (deadline.Previous is { } previous)
            {
                previous.Next = deadline.Next;
            }
            else
            {
                _first = deadline.Next;
            }

            if (deadline.Next is { } next)
            {
                next.Previous = deadline.Previous;
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        var now = _clock.GetTimestamp();
        List<Deadline>? passed = null;
        lock (_lock)
        {
            for (var deadline = _first; deadline is not null; deadline = deadline.Next)
            {
                if (deadline.IsPassed(now))
                {
                    (passed ??= []).Add(deadline);
                }
            }
        }

        // Outside the lock: the callback may end its request, which removes its deadline here.
        foreach (var deadline in passed ?? [])
        {
            deadline.Expire(now);
        }
    }
}

/// <summary>The stages of a request; each has its deadline.</summary>
public enum DeadlineStage
{
    Headers,
    FirstToken,
    Idle,
    Total,

    /// <summary>The engine refuses connections, and what it had begun has fallen silent.</summary>
    Gone,
}

/// <summary>The deadlines of one attempt. Setting one is a single write: no timer is made or moved.</summary>
/// <param name="clock">The clock of its times.</param>
/// <param name="totalDueAt">The timestamp at which the total deadline passes.</param>
/// <param name="expired">Called once, with the stage that passed.</param>
/// <param name="peer">The replica that answers: the wait ends once it is gone. Null: it is not checked.</param>
public sealed class Deadline(TimeProvider clock, long totalDueAt, Action<DeadlineStage> expired, Replica? peer)
{
    /// <summary>A stream of an engine that shuts down gracefully may continue; its tokens are closer together than this.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(3);

    private readonly long _silence = (long)(LongestSilence.TotalSeconds * clock.TimestampFrequency);
    private long _dueAt = long.MaxValue;
    private long _heardAt = clock.GetTimestamp();
    private volatile DeadlineStage _stage;
    private int _fired;

    internal Deadline? Next { get; set; }

    internal Deadline? Previous { get; set; }

    /// <summary>Begins a stage, or restarts it.</summary>
    public void Set(DeadlineStage stage, TimeSpan after)
    {
        var now = clock.GetTimestamp();
        _stage = stage;
        Volatile.Write(ref _heardAt, now);
        Volatile.Write(ref _dueAt, now + (long)(after.TotalSeconds * clock.TimestampFrequency));
    }

    /// <summary>The engine has sent something that begins no stage.</summary>
    public void Heard() => Volatile.Write(ref _heardAt, clock.GetTimestamp());

    /// <summary>No wait for the engine: the client is slow.</summary>
    public void Clear() => Volatile.Write(ref _dueAt, long.MaxValue);

    /// <summary>Stops its callback.</summary>
    /// <returns>False when the callback has run, or runs now.</returns>
    public bool Retire() => Interlocked.Exchange(ref _fired, 1) == 0;

    internal bool IsPassed(long now) => _fired == 0 && (now >= totalDueAt || now >= Volatile.Read(ref _dueAt) || IsGone(now));

    internal void Expire(long now)
    {
        if (Interlocked.Exchange(ref _fired, 1) == 0)
        {
            expired(now >= totalDueAt ? DeadlineStage.Total : now < Volatile.Read(ref _dueAt) && IsGone(now) ? DeadlineStage.Gone : _stage);
        }
    }

    private bool IsGone(long now) => peer is { GoneSince: var since and > 0 } && now - Math.Max(since, Volatile.Read(ref _heardAt)) >= _silence;
}
