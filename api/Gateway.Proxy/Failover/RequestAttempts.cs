using Gateway.Proxy.Backends;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Routing;

namespace Gateway.Proxy.Failover;

/// <summary>The attempts of one request: what was tried, its lease, and what comes next.</summary>
/// <remarks>Dispose returns everything that the request has taken.</remarks>
internal sealed class RequestAttempts(HttpContext context, GatewayFeature feature, FailoverPolicy failover) : IAsyncDisposable
{
    private static readonly HttpRequestOptionsKey<RequestAttempts> Key = new("gateway.attempts");

    private readonly TaskCompletionSource? _waits = feature.Body!.Streams ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
    private Task? _background;

    public HttpContext Context => context;

    public GatewayFeature Feature => feature;

    /// <summary>The attempts that a request to an engine carries to the handlers.</summary>
    public static RequestAttempts Of(HttpRequestMessage request) =>
        request.Options.TryGetValue(Key, out var attempts) ? attempts : throw new InvalidOperationException("The request carries no attempts.");

    /// <summary>Has a request carry these attempts.</summary>
    public void AttachTo(HttpRequestMessage request) => request.Options.Set(Key, this);

    /// <summary>The model's own backend, and what may answer in its place.</summary>
    public IReadOnlyList<ModelRoute> Targets => feature.Targets;

    /// <summary>Which of the targets is asked; -1 before the first.</summary>
    public int Target { get; set; } = -1;

    public Backend Backend => Targets[Target].Backend;

    /// <summary>The replicas that were asked, the latest last.</summary>
    public Replica[] Tried { get; set; } = [];

    /// <summary>The lease of the target.</summary>
    public BackendLease Lease { get; set; }

    /// <summary>The replica to ask next.</summary>
    public Replica? Next { get; set; }

    /// <summary>The attempt under way, or the last one.</summary>
    public Attempt? Attempt { get; set; }

    /// <summary>How often a costly failure has been tried again within this target.</summary>
    public int Limited { get; set; }

    /// <summary>How the model's own backend failed.</summary>
    public (AttemptResult Result, Replica Replica)? Own { get; set; }

    /// <summary>The replica whose answer the caller gets, where it is not the last one that was asked.</summary>
    public Replica? Answerer { get; set; }

    /// <summary>The pause before the next attempt.</summary>
    public TimeSpan Pause { get; set; }

    /// <summary>A defect that ended an answer whose beginning was sent.</summary>
    public Exception? Defect { get; set; }

    /// <summary>The comment for a caller that waits for the gateway; null while the engine works.</summary>
    public byte[]? Comment { get; private set; }

    /// <summary>Completes with the first wait of a caller that takes comments; null for any other caller.</summary>
    public Task? Waits => _waits?.Task;

    /// <summary>Waits, and lets the caller know why.</summary>
    public async ValueTask<T> WaitAsync<T>(ValueTask<T> waiting, byte[] comment)
    {
        Comment = comment;
        _waits?.TrySetResult();
        try
        {
            return await waiting;
        }
        finally
        {
            Comment = null;
        }
    }

    /// <summary>Finds a replica or a fallback that can continue a stream which broke off: it is <see cref="Next"/>.</summary>
    public ValueTask<bool> ContinueAsync() => failover.ContinueAsync(this);

    /// <summary>The answer is still being sought while the caller gets comments.</summary>
    public void GoOn(Task<HttpResponseMessage> seeking) => _background = seeking;

    public async ValueTask DisposeAsync()
    {
        if (_background is { IsCompleted: false } running)
        {
            // The caller has left, which ends it.
            Attempt?.Abandon();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Attempt?.Dispose();
        Lease.Dispose();
    }
}
