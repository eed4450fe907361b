using System.Collections.Frozen;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Routing;

/// <summary>Counts the requests that wait for on-demand engines. Other engines cost a lookup in an empty table.</summary>
public sealed class EngineDemand(TimeProvider clock)
{
    /// <summary>A request that was refused with Retry-After counts as waiting for this long.</summary>
    /// <remarks>Otherwise its engine would never be started.</remarks>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(15);

    private volatile FrozenDictionary<string, Queue> _queues = FrozenDictionary<string, Queue>.Empty;
    private readonly ChangeSignal _asked = new();

    /// <summary>Completes at the next request for an engine that is not usable.</summary>
    public Task Asked => _asked.Next;

    /// <summary>These are the engines that run on demand, by their backends' names.</summary>
    public void Follow(IEnumerable<string> names)
    {
        var before = _queues;
        _queues = names.Distinct().ToFrozenDictionary(name => name, name => before.GetValueOrDefault(name) ?? new Queue(clock));
    }

    /// <summary>The backend's engine is started when a request needs it.</summary>
    public bool IsOnDemand(Backend backend) => _queues.ContainsKey(backend.Name);

    /// <summary>Counts a request as waiting for this backend until the result is disposed of.</summary>
    /// <returns>Null where nothing has to be done for it.</returns>
    public IDisposable? Register(Backend backend)
    {
        if (!_queues.TryGetValue(backend.Name, out var queue) || backend.Usable)
        {
            return null;
        }

        var place = queue.Enter();
        _asked.Set();
        return place;
    }

    /// <summary>How many wait for a backend, and how long the first of them has.</summary>
    public (int Waiting, TimeSpan Waited) Of(string name) => _queues.TryGetValue(name, out var queue) ? queue.Read() : default;

    /// <summary>It runs: requests that were refused before no longer count as waiting.</summary>
    public void Clear(string name)
    {
        if (_queues.TryGetValue(name, out var queue))
        {
            queue.Forget();
        }
    }

    private sealed class Queue(TimeProvider clock)
    {
        private readonly Lock _lock = new();
        private int _waiting;
        private long _first;
        private long _last;

        public Place Enter()
        {
            lock (_lock)
            {
                var now = clock.GetTimestamp();
                _first = IsWanted(now) ? _first : now;
                (_last, _waiting) = (now, _waiting + 1);
                return new Place(this);
            }
        }

        public (int Waiting, TimeSpan Waited) Read()
        {
            lock (_lock)
            {
                var now = clock.GetTimestamp();
                return IsWanted(now) ? (Math.Max(1, _waiting), clock.GetElapsedTime(_first, now)) : default;
            }
        }

        public void Leave()
        {
            lock (_lock)
            {
                _waiting--;
            }
        }

        public void Forget()
        {
            lock (_lock)
            {
                _last = 0;
            }
        }

        private bool IsWanted(long now) => _waiting > 0 || (_last != 0 && clock.GetElapsedTime(_last, now) < Remembered);
    }

    private sealed class Place(Queue queue) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                queue.Leave();
            }
        }
    }
}
