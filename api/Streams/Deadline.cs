namespace Gateway.Streams;

/// <summary>The stages of a request, each with a deadline of its own.</summary>
internal enum DeadlineStage
{
    Headers,
    FirstToken,
    Idle,
    Total,
}

/// <summary>The deadlines of one attempt. Setting one is a single write: no timer is made or moved.</summary>
internal sealed class Deadline(TimeProvider clock, long totalDueAt, Action<DeadlineStage> expired)
{
    private long _dueAt = long.MaxValue;
    private volatile DeadlineStage _stage;
    private int _fired;

    internal Deadline? Next { get; set; }

    internal Deadline? Previous { get; set; }

    /// <summary>Begins a stage, or begins it anew.</summary>
    public void Set(DeadlineStage stage, TimeSpan after)
    {
        _stage = stage;
        Volatile.Write(ref _dueAt, clock.GetTimestamp() + (long)(after.TotalSeconds * clock.TimestampFrequency));
    }

    /// <summary>Nothing is waited for: the client is slow, not the engine.</summary>
    public void Clear() => Volatile.Write(ref _dueAt, long.MaxValue);

    /// <summary>Nobody is told of it from now on.</summary>
    /// <returns>False when somebody was told already, or is being told right now.</returns>
    public bool Retire() => Interlocked.Exchange(ref _fired, 1) == 0;

    internal bool IsPassed(long now) => _fired == 0 && (now >= totalDueAt || now >= Volatile.Read(ref _dueAt));

    internal void Expire(long now)
    {
        if (Interlocked.Exchange(ref _fired, 1) == 0)
        {
            expired(now >= totalDueAt ? DeadlineStage.Total : _stage);
        }
    }
}
