using System.Collections.Concurrent;

namespace Gateway.Proxy.Responses;

/// <summary>A pool of cancellation sources for attempts.</summary>
/// <remarks>Nearly every attempt ends without a cancellation, and a reused source keeps the registrations that it has allocated.</remarks>
internal sealed class CancellationSources
{
    /// <summary>The pool keeps as many as requests end at about the same time.</summary>
    private const int MaxIdle = 256;

    private readonly ConcurrentQueue<CancellationTokenSource> _idle = new();
    private int _count;

    public CancellationTokenSource Rent()
    {
        if (!_idle.TryDequeue(out var source))
        {
            return new CancellationTokenSource();
        }

        Interlocked.Decrement(ref _count);
        return source;
    }

    /// <summary>Takes one back. The caller must not cancel it afterwards: it may belong to another request.</summary>
    public void Return(CancellationTokenSource source)
    {
        // Concurrent threads may exceed the limit by a few.
        if (_count < MaxIdle && source.TryReset())
        {
            Interlocked.Increment(ref _count);
            _idle.Enqueue(source);
        }
        else
        {
            source.Dispose();
        }
    }
}
