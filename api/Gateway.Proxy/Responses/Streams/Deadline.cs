using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Responses;

/// <summary>The stages of a request, each with a deadline of its own.</summary>
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
/// <param name="totalDueAt">When the whole is due.</param>
/// <param name="expired">Called once, with the stage that passed.</param>
/// <param name="peer">Whose answer is waited for: one that is gone is waited for no longer. Null: that is no reason.</param>
public sealed class Deadline(TimeProvider clock, long totalDueAt, Action<DeadlineStage> expired, Replica? peer)
{
    /// <summary>A stream of an engine that is being stopped in good order may go on; between its tokens there is less than this.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(3);

    private readonly long _silence = (long)(LongestSilence.TotalSeconds * clock.TimestampFrequency);
    private long _dueAt = long.MaxValue;
    private long _heardAt = clock.GetTimestamp();
    private volatile DeadlineStage _stage;
    private int _fired;

    internal Deadline? Next { get; set; }

    internal Deadline? Previous { get; set; }

    /// <summary>Begins a stage, or begins it anew.</summary>
    public void Set(DeadlineStage stage, TimeSpan after)
    {
        var now = clock.GetTimestamp();
        _stage = stage;
        Volatile.Write(ref _heardAt, now);
        Volatile.Write(ref _dueAt, now + (long)(after.TotalSeconds * clock.TimestampFrequency));
    }

    /// <summary>The engine has said something that begins no stage.</summary>
    public void Heard() => Volatile.Write(ref _heardAt, clock.GetTimestamp());

    /// <summary>Nothing is waited for: the client is slow, not the engine.</summary>
    public void Clear() => Volatile.Write(ref _dueAt, long.MaxValue);

    /// <summary>Nobody is told of it from now on.</summary>
    /// <returns>False when somebody was told already, or is being told right now.</returns>
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
