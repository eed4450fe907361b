using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Responses;

/// <summary>
/// Checks the deadlines of every running request ten times a second: one timer for all of them instead of one for each event,
/// at the price of a tenth of a second's lateness.
/// </summary>
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
    /// <param name="peer">Whose answer is waited for, while it is there; null: whether it is there does not matter.</param>
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

        // Outside the lock: whoever is told may end its request, and so come back here, at once.
        foreach (var deadline in passed ?? [])
        {
            deadline.Expire(now);
        }
    }
}
