using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Limits;

/// <summary>Counts a request against the limits of its key: requests a minute, requests at the same time, tokens a month.</summary>
internal sealed class RateLimitMiddleware(RequestDelegate next, KeyLimiter limiter)
{
    public Task InvokeAsync(HttpContext context) =>
        limiter.Enter(context.Proxy(), context.Response.Headers) is { } error ? Refusal.WriteAsync(context, error) : next(context);
}
