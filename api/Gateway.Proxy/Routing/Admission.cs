using System.Runtime.CompilerServices;
using Gateway.Core.Errors;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;

namespace Gateway.Proxy.Routing;

/// <summary>A place at a backend, given back when disposed of.</summary>
public sealed class AdmissionPlace(AdmissionQueue queue) : IDisposable
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

/// <summary>Limits the concurrent requests of each backend; some more wait in turn, the rest are refused with Retry-After.</summary>
public sealed class Admission(Lifecycle lifecycle, TimeProvider clock)
{
    private readonly ConditionalWeakTable<SharedBackendState, AdmissionQueue> _queues = [];

    /// <summary>Waits for a place.</summary>
    /// <returns>The place; null without a limit. Or the error for the caller.</returns>
    public async ValueTask<(AdmissionPlace? Place, GatewayError? Error)> EnterAsync(Backend backend, string? key, CancellationToken cancellationToken)
    {
        if (backend.Settings.Admission.MaxConcurrency is null)
        {
            return (null, null);
        }

        var queue = QueueOf(backend);
        var entered = await queue.EnterAsync(key ?? "", cancellationToken);
        if (lifecycle.Ending.IsCancellationRequested)
        {
            if (entered)
            {
                // The end of those that run gives their places to those that wait, for whom there is no time any more.
                queue.Leave();
            }

            return (null, GatewayError.ShuttingDown);
        }

        if (entered)
        {
            return (new AdmissionPlace(queue), null);
        }

        var limit = backend.Settings.Admission;
        return (null, GatewayError.Overloaded(
            FormattableString.Invariant($"{backend.Profile.DisplayName} is at its limit of {limit.MaxConcurrency} concurrent requests, and its queue is full or timed out."),
            queue.RetryAfterSeconds()));
    }

    public AdmissionQueue QueueOf(Backend backend) =>
        _queues.TryGetValue(backend.Shared, out var queue) ? queue : _queues.GetValue(backend.Shared, _ => new AdmissionQueue(backend.Settings.Admission, clock, lifecycle.Ending));

    /// <summary>These backends are in force: who runs and who waits goes by their limits.</summary>
    public void Apply(IEnumerable<Backend> backends)
    {
        foreach (var backend in backends)
        {
            QueueOf(backend).Apply(backend.Settings.Admission);
        }
    }
}
