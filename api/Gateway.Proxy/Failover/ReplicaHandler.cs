using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Core.Errors;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Health;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Routing;

namespace Gateway.Proxy.Failover;

/// <summary>One attempt: leases the replica, addresses the request to it, and notes for later requests how it went.</summary>
internal sealed class ReplicaHandler(DeadlineScanner scanner, Lifecycle lifecycle, TimeProvider clock, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var attempts = RequestAttempts.Of(request);
        FailoverPolicy.Count(attempts);
        if (Begin(attempts) is not { } attempt)
        {
            return new FailureResponse(AttemptResult.Of(ReplicaPicker.Unusable(attempts.Backend), FailureKind.Connect));
        }

        AttemptResult result;
        try
        {
            EngineRequest.Write(request, attempts.Context, attempt);
            attempt.Sent();
            var response = await base.SendAsync(request, attempt.Canceled);
            if (response is not FailureResponse failure)
            {
                return response;
            }

            result = failure.Result;
        }
        catch (Exception e) when (!attempt.Uploads && IsOfEngine(e) && !attempts.Context.RequestAborted.IsCancellationRequested)
        {
            result = Explain(attempt, e);
        }

        attempt.Settle(result);
        return new FailureResponse(result);
    }

    /// <summary>What an engine, or the way to it, can cause. Anything else is a defect of the gateway.</summary>
    public static bool IsOfEngine(Exception e) =>
        e is IOException or HttpRequestException or OperationCanceledException or InvalidDataException or SocketException or AuthenticationException;

    /// <summary>Explains a failed attempt of which nothing was sent to the client.</summary>
    public static AttemptResult Explain(Attempt attempt, Exception? e) =>
        attempt.CutShort() is { } cut ? AttemptResult.Of(cut, attempt.CutKind)
        : EngineFault.IsOfRequest(e) ? AttemptResult.Of(GatewayError.CannotBeSent, FailureKind.Final)
        : EngineFault.Of(attempt, e, connectTimedOut: e is OperationCanceledException);

    // Null: the replica's breaker lets one request through, and another one is through already.
    private Attempt? Begin(RequestAttempts attempts)
    {
        attempts.Attempt?.Dispose();
        attempts.Attempt = null;
        var replica = attempts.Next!;
        var count = !replica.Breaker.AllowsRequest ? BreakerCount.None : replica.Breaker.IsClosed ? BreakerCount.Closed : BreakerCount.Probe;
        if (count == BreakerCount.Probe && !replica.Breaker.TryBeginProbe())
        {
            return null;
        }

        try
        {
            return attempts.Attempt = new Attempt(attempts.Lease.Plan, replica, scanner, clock, attempts.Context, lifecycle.Ending) { Count = count };
        }
        catch when (count == BreakerCount.Probe)
        {
            replica.Breaker.EndProbe(well: false);
            throw;
        }
    }
}
