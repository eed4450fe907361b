using Gateway.Proxy.Failover;
using Gateway.Proxy.Realtime;

namespace Gateway.Proxy.Responses;

/// <summary>Inspects an engine's answer before anything of it is sent: it returns a sound beginning, or a failure.</summary>
internal sealed class AnswerHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var attempts = RequestAttempts.Of(request);
        var response = await base.SendAsync(request, cancellationToken);
        var attempt = attempts.Attempt!;
        attempt.Answer.EngineStatus = (int)response.StatusCode;
        attempt.Measure();
        try
        {
            var failure = attempt.Endpoint.WebSocket
                ? await WebSocketForwarder.InspectAsync(attempt, response, cancellationToken)
                : await AnswerInspection.InspectAsync(attempts, attempt, response, cancellationToken);
            if (failure is null)
            {
                return response;
            }

            response.Dispose();
            return new FailureResponse(failure);
        }
        catch (Exception e) when (IsBroken(e) && !attempts.Context.RequestAborted.IsCancellationRequested)
        {
            response.Dispose();
            return new FailureResponse(attempt.Failed(attempt.FaultOf(e)));
        }
    }

    private static bool IsBroken(Exception e) => e is IOException or HttpRequestException or InvalidDataException or OperationCanceledException;
}
