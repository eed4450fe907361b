using System.Threading.RateLimiting;
using Gateway.Backends;
using Gateway.Configuration;
using Gateway.Errors;

namespace Gateway.Routing;

/// <summary>Lets so many requests at once to each backend; a few more wait in order, the rest are told to come back.</summary>
internal sealed class Admission : IDisposable
{
    private readonly Dictionary<Backend, ConcurrencyLimiter> _limiters = [];
    private readonly GatewaySettings _settings;
    private readonly TimeProvider _clock;

    public Admission(BackendTable backends, GatewaySettings settings, TimeProvider clock)
    {
        _settings = settings;
        _clock = clock;
        if (settings.MaxConcurrency is not { } limit)
        {
            return;
        }

        foreach (var backend in backends.All)
        {
            _limiters[backend] = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
            {
                PermitLimit = limit,
                QueueLimit = settings.MaxQueue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            });
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
        var place = limiter.AttemptAcquire();
        if (place.IsAcquired)
        {
            return (place, null);
        }

        place.Dispose();
        using var deadline = new CancellationTokenSource(_settings.QueueTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            place = await limiter.AcquireAsync(1, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, GatewayError.Overloaded($"{name} had no place free within {_settings.QueueTimeout.TotalSeconds} s (GATEWAY_QUEUE_TIMEOUT_SECONDS).", 1));
        }

        if (place.IsAcquired)
        {
            return (place, null);
        }

        place.Dispose();
        return (null, GatewayError.Overloaded($"{name} is at its limit of {_settings.MaxConcurrency} requests and its queue is full.", 1));
    }
}
