using Gateway.Proxy.Failover;
using Gateway.Proxy.Health;
using Gateway.Proxy.Responses;

namespace Gateway.Proxy.Forwarding;

/// <summary>The handlers of a request: comments, failover, an attempt on a replica, inspection of the answer, the backend's
/// connections.</summary>
internal sealed class EngineInvoker(FailoverPolicy failover, DeadlineScanner scanner, Lifecycle lifecycle, TimeProvider clock)
    : HttpMessageInvoker(
        new KeepAliveHandler(clock, new FailoverHandler(failover, lifecycle, clock, new ReplicaHandler(scanner, lifecycle, clock, new AnswerHandler(new EngineHandler())))));
