namespace Gateway.Proxy.Backends;

/// <summary>The connections to a backend. Several sets of its settings may use them; the last one that lets go closes them.</summary>
internal sealed class ConnectionPool(TimeSpan connectTimeout, TimeSpan idle) : IDisposable
{
    private int _references = 1;

    public HttpMessageInvoker Client { get; } = UpstreamClient.Create(connectTimeout, idle);

    public ConnectionPool AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Client.Dispose();
        }
    }
}
