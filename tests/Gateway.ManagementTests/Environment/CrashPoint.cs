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

    public static async Task<CrashPoint> StartAsync() => new(await DockerProxy.StartAsync());

    /// <summary>The so-manieth call from now on is the last.</summary>
    public void Arm(int call, Passage passage)
    {
        _passage = passage;
        Interlocked.Exchange(ref _left, call);
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();
}
