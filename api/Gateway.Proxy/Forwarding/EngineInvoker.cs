using Gateway.Proxy.Failover;
using Gateway.Proxy.Health;
using Gateway.Proxy.Responses;

namespace Gateway.Proxy.Forwarding;

/// <summary>The handlers of a request: comments, failover, an attempt on a replica, inspection of the answer, the backend's
/// connections.</summary>
internal sealed class EngineInvoker(FailoverPolicy failover, DeadlineScanner scanner, Lifecycle lifecycle, TimeProvider clock)
    : HttpMessageInvoker(
        new KeepAliveHandler(clock, new FailoverHandler(failover, lifecycle, clock, new ReplicaHandler(scanner, lifecycle, clock, new AnswerHandler(new EngineHandler())))));

/// <summary>The end of the chain: the connections of the backend that the attempt is for.</summary>
internal sealed class EngineHandler : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _ = request.Options.TryGetValue(RequestAttempts.Key, out var attempts);
        return attempts!.Backend.Client.SendAsync(request, cancellationToken);
    }
}
