using Gateway.Proxy.Failover;

namespace Gateway.Proxy.Responses;

/// <summary>
/// Keeps the connection of a caller alive who waits for the gateway (in the queue, for an engine to load, for a whole answer): a
/// comment now and then, so that nothing between takes the connection for dead.
/// </summary>
internal sealed class KeepAliveHandler(TimeProvider clock, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _ = request.Options.TryGetValue(RequestAttempts.Key, out var attempts);
        var answer = base.SendAsync(request, cancellationToken);
        return answer.IsCompleted || attempts!.Waits is null ? answer : WatchAsync(attempts, answer);
    }

    private async Task<HttpResponseMessage> WatchAsync(RequestAttempts attempts, Task<HttpResponseMessage> answer)
    {
        await Task.WhenAny(answer, attempts.Waits!);
        var interval = attempts.Feature.Snapshot.Settings.HoldInterval;
        while (!answer.IsCompleted)
        {
            await ((Task)answer).WaitAsync(interval, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!answer.IsCompleted && attempts.Comment is { } comment)
            {
                attempts.Feature.AnswerBegan = true;
                attempts.GoOn(answer);
                return new CommentedResponse(attempts, answer, comment, interval, clock);
            }
        }

        return await answer;
    }
}
