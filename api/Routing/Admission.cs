using System.Threading.RateLimiting;
using Gateway.Backends;
using Gateway.Errors;

namespace Gateway.Routing;

/// <summary>Lets so many requests at once to each backend; a few more wait in order, the rest are told to come back.</summary>
internal sealed class Admission : IDisposable
{
    private readonly Dictionary<Backend, ConcurrencyLimiter> _limiters = [];
    private readonly TimeProvider _clock;

    public Admission(BackendTable backends, TimeProvider clock)
    {
        _clock = clock;
        foreach (var backend in backends.All)
        {
            if (backend.Settings.Admission is { MaxConcurrency: { } limit } settings)
            {
                _limiters[backend] = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
                {
                    PermitLimit = limit,
                    QueueLimit = settings.MaxQueue,
                    QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
                });
            }
        }
    }

    /// <summary>Waits for a place.</summary>
    /// <returns>The place, to be given back; null without a limit. Or the error for the caller.</returns>
    public ValueTask<(RateLimitLease? Place, GatewayError? Error)> EnterAsync(Backend backend, CancellationToken cancellationToken) =>
        _limiters.TryGetValue(backend, out var limiter)
            ? WaitAsync(limiter, backend, cancellationToken)
            : ValueTask.FromResult<(RateLimitLease?, GatewayError?)>((null, null));

    public void Dispose()
    {
        foreach (var limiter in _limiters.Values)
        {
            limiter.Dispose();
        }
    }

    private async ValueTask<(RateLimitLease? Place, GatewayError? Error)> WaitAsync(ConcurrencyLimiter limiter, Backend backend, CancellationToken cancellationToken)
    {
        var name = backend.Profile.DisplayName;
        var settings = backend.Settings.Admission;
        var place = limiter.AttemptAcquire();
        if (place.IsAcquired)
        {
            return (place, null);
        }

        place.Dispose();
        using var deadline = new CancellationTokenSource(settings.QueueTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            place = await limiter.AcquireAsync(1, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, GatewayError.Overloaded($"{name} had no place free within {settings.QueueTimeout.TotalSeconds} s (GATEWAY_QUEUE_TIMEOUT_SECONDS).", 1));
        }

        if (place.IsAcquired)
        {
            return (place, null);
        }

        place.Dispose();
        return (null, GatewayError.Overloaded($"{name} is at its limit of {settings.MaxConcurrency} requests and its queue is full.", 1));
    }
}
