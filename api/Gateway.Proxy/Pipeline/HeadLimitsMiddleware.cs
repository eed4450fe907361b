using Gateway.Proxy.Forwarding;

namespace Gateway.Proxy.Pipeline;

/// <summary>Refuses a request whose head is too long, or whose body's end is doubtful.</summary>
internal sealed class HeadLimitsMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        (RequestFraming.Check(context.Request) ?? RequestHead.Check(context)) is { } error ? Refusal.WriteAsync(context, error) : next(context);
}
