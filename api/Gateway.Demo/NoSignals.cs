namespace Gateway.Demo;

/// <summary>The engine lives and ends with the gateway: it does not listen to the signals of the process, which would end it while requests drain.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
