using Microsoft.Extensions.Http.Resilience;

namespace Gateway.Proxy.Backends;

/// <summary>Clients for what the gateway itself reads with GET, beside the requests: a call that fails for a moment is repeated.</summary>
public static class SideCalls
{
    private const int Repeats = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <param name="client">A typed client.</param>
    /// <param name="handler">Makes its connections.</param>
    /// <param name="limit">For one attempt; all together have twice as long, or until the caller's deadline.</param>
    public static void ForSideCalls(this IHttpClientBuilder client, Func<SocketsHttpHandler> handler, TimeSpan limit)
    {
        client.ConfigureHttpClient(static http => http.Timeout = Timeout.InfiniteTimeSpan);
        client.ConfigurePrimaryHttpMessageHandler(handler);
        // Singletons keep their client: its handler renews the connections.
        client.SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        // They log each URL, and a URL may hold a secret.
        client.RemoveAllLoggers();
        // One pipeline for each address: what fails at one stops no call to another. SelectPipelineByAuthority would have the user and
        // password of a URL in the pipeline's name, which is in the library's log and metrics.
        client.AddStandardResilienceHandler(options => Configure(options, limit)).SelectPipelineBy(static _ => Address);
    }

    private static string Address(HttpRequestMessage request) =>
        request.RequestUri!.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    private static void Configure(HttpStandardResilienceOptions options, TimeSpan limit)
    {
        options.AttemptTimeout.Timeout = limit;
        options.TotalRequestTimeout.Timeout = 2 * limit;
        options.CircuitBreaker.SamplingDuration = 2 * limit;
        options.Retry.MaxRetryAttempts = Repeats;
        options.Retry.Delay = Pause;
        // A server that says when to come again is asked again with the next reading.
        options.Retry.ShouldHandle = static outcome => ValueTask.FromResult(
            HttpClientResiliencePredicates.IsTransient(outcome.Outcome) && outcome.Outcome.Result?.Headers.RetryAfter is null);
        options.Retry.DisableForUnsafeHttpMethods();
    }
}
