namespace Gateway.Proxy.Telemetry;

/// <summary>Background work that survives defects: each is reported, and the work restarts after a pause that grows.</summary>
/// <param name="part">Its name in reports.</param>
/// <param name="defects">Where defects are reported; null in a test of something else.</param>
/// <param name="clock">The clock of the pauses.</param>
public abstract class SteadyService(string part, Defects? defects, TimeProvider clock) : IHostedService, IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    protected TimeProvider Clock => clock;

    /// <summary>Reports a defect that needs no new beginning.</summary>
    protected void Report(Exception defect) => defects?.Report(part, defect);

    /// <summary>The work, which ends when its token is canceled.</summary>
    protected abstract Task RunAsync(CancellationToken stoppingToken);

    // No BackgroundService: the host would log work that a failed start has cancelled as a failure.
    public virtual Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(() => RunAsync(part, defects, clock, RunAsync, _stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public virtual async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    // The work may still be about to end, so its token stays usable.
    protected virtual void Dispose(bool disposing) => _stopping.Cancel();

    /// <summary>Runs work that is not a service of the host in the same way.</summary>
    public static async Task RunAsync(string part, Defects? defects, TimeProvider clock, Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        var pause = Shortest;
        while (!stopping.IsCancellationRequested)
        {
            var started = clock.GetTimestamp();
            try
            {
                await work(stopping);
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is: what runs in the background must not end, and not end the process.
            catch (Exception e)
#pragma warning restore CA1031
            {
                defects?.Report(part, e);
            }

            pause = clock.GetElapsedTime(started) > MaxPause ? Shortest : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, MaxPause.Ticks));
            await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
