using Gateway.Core.Configuration;

namespace Gateway.Proxy.Routing;

/// <summary>The places of one backend and the queue for them, served in turn by key, so that a busy key does not delay the
/// others.</summary>
/// <param name="settings">The limits in force.</param>
/// <param name="clock">Measures the waits.</param>
/// <param name="ending">The gateway ends: all waits end.</param>
public sealed class AdmissionQueue(AdmissionSettings settings, TimeProvider clock, CancellationToken ending)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedList<Waiter>> _waiting = [];
    private readonly LinkedList<string> _turns = [];
    private readonly DrainRate _rate = new(clock);
    private AdmissionSettings _settings = settings;
    private int _running;
    private int _queued;

    public int Running => Volatile.Read(ref _running);

    public int Queued => Volatile.Read(ref _queued);

    /// <summary>Takes a place, or a turn in the queue.</summary>
    /// <param name="key">Whose turn it is: the client's key.</param>
    /// <param name="cancellationToken">The client leaves.</param>
    /// <returns>True with a place, which must be left; false when the queue is full, the wait was too long or the gateway ends.</returns>
    public ValueTask<bool> EnterAsync(string key, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (_running < _settings.MaxConcurrency && _queued == 0)
            {
                _running++;
                return ValueTask.FromResult(true);
            }

            if (_queued >= _settings.MaxQueue)
            {
                return ValueTask.FromResult(false);
            }

            waiter = Enqueue(key);
        }

        return WaitAsync(waiter, cancellationToken);
    }

    /// <summary>Gives a place back: to the next in turn, if there is one.</summary>
    public void Leave()
    {
        Waiter? next;
        lock (_lock)
        {
            _running--;
            next = TakeNext();
            _rate.Count();
        }

        next?.Granted.TrySetResult(true);
    }

    /// <summary>Other limits are in force. Who runs goes on; who waits comes in as far as the new limit allows.</summary>
    public void Apply(AdmissionSettings wanted)
    {
        var granted = new List<Waiter>();
        lock (_lock)
        {
            _settings = wanted;
            while (TakeNext() is { } next)
            {
                granted.Add(next);
            }
        }

        granted.ForEach(static waiter => waiter.Granted.TrySetResult(true));
    }

    /// <summary>Seconds until a place may be free, from how fast places have become free lately.</summary>
    public int RetryAfterSeconds()
    {
        lock (_lock)
        {
            return _rate.SecondsFor(_queued + 1);
        }
    }

    // Within the lock.
    private Waiter? TakeNext()
    {
        if (_turns.First is not { } turn || _running >= (_settings.MaxConcurrency ?? int.MaxValue))
        {
            return null;
        }

        var next = _waiting[turn.Value].First!.Value;
        Remove(next);
        _running++;
        RotateTurn(turn);
        return next;
    }

    private Waiter Enqueue(string key)
    {
        if (!_waiting.TryGetValue(key, out var line))
        {
            _waiting[key] = line = [];
            _turns.AddLast(key);
        }

        var waiter = new Waiter(key);
        line.AddLast(waiter.Node);
        _queued++;
        return waiter;
    }

    private async ValueTask<bool> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        var granted = false;
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ending);
            granted = await waiter.Granted.Task.WaitAsync(_settings.QueueTimeout, clock, either.Token);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            if (!granted && !Withdraw(waiter))
            {
                // The place was granted in the same moment.
                Leave();
            }
        }

        return granted;
    }

    private bool Withdraw(Waiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Node.List is null)
            {
                return false;
            }

            Remove(waiter);
            return true;
        }
    }

    private void Remove(Waiter waiter)
    {
        var line = _waiting[waiter.Key];
        line.Remove(waiter.Node);
        _queued--;
        if (line.Count == 0)
        {
            _waiting.Remove(waiter.Key);
            _turns.Remove(waiter.Key);
        }
    }

    private void RotateTurn(LinkedListNode<string> turn)
    {
        if (turn.List is not null)
        {
            _turns.Remove(turn);
            _turns.AddLast(turn);
        }
    }

    private sealed class Waiter
    {
        public Waiter(string key)
        {
            Key = key;
            Node = new LinkedListNode<Waiter>(this);
        }

        public string Key { get; }

        public LinkedListNode<Waiter> Node { get; }

        public TaskCompletionSource<bool> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>How fast places become free, from the last few times one did.</summary>
internal sealed class DrainRate(TimeProvider clock)
{
    private const int SampleCount = 32;

    /// <summary>The longest wait to announce, in seconds: clients that get a minute give up.</summary>
    private const int MaxWaitSeconds = 59;

    private readonly long[] _times = new long[SampleCount];
    private long _count;

    public void Count() => _times[_count++ % SampleCount] = clock.GetTimestamp();

    /// <summary>Seconds until so many places have become free, from 1 to 59.</summary>
    public int SecondsFor(int places)
    {
        var known = (int)Math.Min(_count, SampleCount);
        if (known < 2)
        {
            return 1;
        }

        var oldest = _times[_count > SampleCount ? _count % SampleCount : 0];
        var each = clock.GetElapsedTime(oldest).TotalSeconds / known;
        return (int)Math.Clamp(Math.Ceiling(each * places), 1, MaxWaitSeconds);
    }
}
