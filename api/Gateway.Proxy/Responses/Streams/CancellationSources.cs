using System.Collections.Concurrent;

namespace Gateway.Proxy.Responses;

/// <summary>
/// Sources of cancellation for attempts, used again: nearly every attempt ends without having been cancelled, and a source brings
/// along the records of those who wait for it.
/// </summary>
internal sealed class CancellationSources
{
    /// <summary>As many as requests end at about the same time; the rest is left to the collector.</summary>
    private const int Most = 256;

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

    /// <summary>Takes one back. Nobody may cancel it any more, or it would cancel another request.</summary>
    public void Return(CancellationTokenSource source)
    {
        // Threads that do this at the same time may pass the bound by a few.
        if (_count < Most && source.TryReset())
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
