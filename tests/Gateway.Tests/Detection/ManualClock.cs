using System.Collections.Concurrent;

namespace Gateway.Tests.Detection;

/// <summary>A clock whose timers go off when a test says so.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly ConcurrentDictionary<ManualTimer, TimeSpan> _waiting = [];

    /// <summary>How long each timer that has not gone off yet was set to.</summary>
    public ICollection<TimeSpan> Waiting => _waiting.Values;

    public void FireAll()
    {
        foreach (var timer in _waiting.Keys)
        {
            timer.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public void Fire()
        {
            if (clock._waiting.TryRemove(this, out _))
            {
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock._waiting.TryRemove(this, out _);
            return dueTime == Timeout.InfiniteTimeSpan || clock._waiting.TryAdd(this, dueTime);
        }

        public void Dispose() => clock._waiting.TryRemove(this, out _);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
