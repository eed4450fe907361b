using System.Net;

namespace Gateway.Proxy.Failover;

/// <summary>In place of an engine's answer: why there is none. It passes the handlers as a response, so that a failure is no exception.</summary>
internal sealed class FailureResponse(AttemptResult result) : HttpResponseMessage(HttpStatusCode.BadGateway)
{
    public AttemptResult Result => result;
}
