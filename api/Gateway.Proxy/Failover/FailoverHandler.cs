using Gateway.Core.Errors;
using Gateway.Proxy.Health;

namespace Gateway.Proxy.Failover;

/// <summary>Sends a request to one replica after another, until an answer has begun or nothing is left to try.</summary>
internal sealed class FailoverHandler(FailoverPolicy failover, Lifecycle lifecycle, TimeProvider clock, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var attempts = RequestAttempts.Of(request);
        if (await failover.StartAsync(attempts) is { } error)
        {
            return new FailureResponse(AttemptResult.Of(error, FailureKind.Final));
        }

        var response = await base.SendAsync(request, cancellationToken);
        return response is FailureResponse failure ? await RetryAsync(request, attempts, failure, cancellationToken) : response;
    }

    private async Task<HttpResponseMessage> RetryAsync(HttpRequestMessage request, RequestAttempts attempts, FailureResponse failure, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = failure;
        while (response is FailureResponse { Result: var last })
        {
            attempts.Pause = TimeSpan.Zero;
            if (!await failover.NextAsync(attempts, last))
            {
                return new FailureResponse(FailoverPolicy.Final(attempts, last));
            }

            if (attempts.Pause > TimeSpan.Zero && !await PauseAsync(attempts, cancellationToken))
            {
                return new FailureResponse(AttemptResult.Of(GatewayError.ShuttingDown, FailureKind.Final));
            }

            response = await base.SendAsync(request, cancellationToken);
        }

        return response;
    }

    // False: the gateway ends, and there is no time for another attempt.
    private async Task<bool> PauseAsync(RequestAttempts attempts, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifecycle.Ending);
        await Task.Delay(attempts.Pause, clock, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return !lifecycle.Ending.IsCancellationRequested;
    }
}
