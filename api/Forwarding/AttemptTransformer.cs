using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Forwarding;

/// <summary>Shapes the request for the engine, and hands its answer to the judge before anything of it reaches the client.</summary>
internal sealed class AttemptTransformer(Attempt attempt, HttpContent? held) : HttpTransformer
{
    public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        var plan = attempt.Plan;
        proxyRequest.RequestUri = attempt.Replica.Address.Join(plan.Path, plan.Query);
        plan.Upstream.Headers.CopyRequest(httpContext.Request, proxyRequest, held ?? proxyRequest.Content, plan.Feature.RequestId);
        attempt.Sent();
        return ValueTask.CompletedTask;
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
