namespace Gateway.Demo;

/// <summary>The engine ends with the gateway: the signals of the process would end it while requests drain.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
