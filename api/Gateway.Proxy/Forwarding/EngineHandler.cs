using Gateway.Proxy.Failover;

namespace Gateway.Proxy.Forwarding;

/// <summary>The end of the chain: the connections of the backend that the attempt is for.</summary>
internal sealed class EngineHandler : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var attempts = RequestAttempts.Of(request);
        return attempts.Backend.Client.SendAsync(request, cancellationToken);
    }
}
