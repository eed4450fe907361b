using Gateway.Proxy.Failover;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Telemetry;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Proxy.Forwarding;

/// <summary>Shapes the request for the engine, and hands its answer to the judge before anything of it reaches the client.</summary>
internal sealed class AttemptTransformer(Attempt attempt, HttpContent? held) : HttpTransformer
{
    public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        var plan = attempt.Plan;
        proxyRequest.RequestUri = attempt.Replica.Address.Join(plan.Path, plan.Query);
        plan.Upstream.Headers.CopyRequest(httpContext.Request, proxyRequest, held ?? proxyRequest.Content, plan.Feature);
        Trace(proxyRequest);
        attempt.Sent();
        return ValueTask.CompletedTask;
    }

    // The engine's spans hang on the attempt's. Without a trace of its own the gateway passes the caller's on, as it passes any header.
    private void Trace(HttpRequestMessage request)
    {
        if (RequestSpans.Context(attempt.Request, attempt.Span) is not { } context)
        {
            return;
        }

        request.Headers.Remove("traceparent");
        request.Headers.Remove("tracestate");
        request.Headers.TryAddWithoutValidation("traceparent", context.TraceParent);
        if (context.TraceState is { Length: > 0 } state)
        {
            request.Headers.TryAddWithoutValidation("tracestate", state);
        }
    }

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return ValueTask.FromResult(false);
        }

        httpContext.Response.Headers["Server-Timing"] = attempt.Timing();
        return AnswerJudge.JudgeAsync(attempt, httpContext, proxyResponse, cancellationToken);
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;
}
