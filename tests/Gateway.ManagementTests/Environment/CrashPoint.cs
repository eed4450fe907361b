namespace Gateway.ManagementTests;

/// <summary>Lets a lifecycle's connection to the Docker Engine die at a certain call that changes something.</summary>
internal sealed class CrashPoint : IAsyncDisposable
{
    private readonly DockerProxy _proxy;
    private int _left = int.MaxValue;
    private Passage _passage;

    private CrashPoint(DockerProxy proxy)
    {
        _proxy = proxy;
        proxy.Rule = (method, _) => method is not "GET" && Interlocked.Decrement(ref _left) == 0 ? _passage : Passage.Pass;
    }

    public string Host => _proxy.Host;

    public Task Dead => _proxy.Dead;

    /// <param name="path">Its own socket; null: a port.</param>
    public static async Task<CrashPoint> StartAsync(string? path = null) => new(await DockerProxy.StartAsync(path));

    /// <summary>The so-manieth call from now on is the last.</summary>
    public void Arm(int call, Passage passage)
    {
        _passage = passage;
        Interlocked.Exchange(ref _left, call);
    }

    /// <summary>No further call is the last.</summary>
    public void Disarm()
    {
        Interlocked.Exchange(ref _left, int.MaxValue);
        _proxy.Revive();
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();
}
