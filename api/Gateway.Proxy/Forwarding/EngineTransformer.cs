using Gateway.Proxy.Failover;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Responses;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Proxy.Forwarding;

/// <summary>Hands a request to the handlers, which address it, and writes what they return as the client's answer.</summary>
internal sealed class EngineTransformer : HttpTransformer
{
    public static EngineTransformer Instance { get; } = new();

    public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        // The backend; which of its replicas, and by which path, each attempt decides.
        var attempts = httpContext.Proxy().Run!;
        proxyRequest.RequestUri = attempts.Targets[0].Backend.Replicas[0].Address.Api;
        attempts.AttachTo(proxyRequest);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var attempts = httpContext.Proxy().Run!;
        switch (proxyResponse)
        {
            case null:
                return false;
            case FailureResponse failure:
                await AnswerWriter.WriteFailureAsync(httpContext, attempts, failure.Result);
                return false;
            case CommentedResponse:
                CommentedResponse.Begin(httpContext.Response);
                return true;
            default:
                return await AnswerWriter.BeginAsync(httpContext, attempts, proxyResponse);
        }
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;
}
