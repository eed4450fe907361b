namespace Gateway.Proxy.Backends;

/// <summary>The connections to a backend. Several sets of its settings may use them; the last one that lets go closes them.</summary>
internal sealed class ConnectionPool(TimeSpan connectTimeout, TimeSpan idle) : IDisposable
{
    private int _holders = 1;

    public HttpMessageInvoker Client { get; } = UpstreamClient.Create(connectTimeout, idle);

    public ConnectionPool Hold()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Client.Dispose();
        }
    }
}
