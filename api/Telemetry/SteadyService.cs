namespace Gateway.Telemetry;

/// <summary>
/// Work in the background that a defect neither ends in silence nor lets end the process: the defect is reported, and after a pause
/// the work begins again. The pause grows while it fails again soon, so that a log is not filled with one defect.
/// </summary>
/// <param name="part">Its name in reports.</param>
/// <param name="defects">Where defects are reported; null in a test of something else.</param>
/// <param name="clock">The clock of the pauses.</param>
internal abstract class SteadyService(string part, Defects? defects, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    protected TimeProvider Clock => clock;

    /// <summary>Reports a defect that needs no new beginning.</summary>
    protected void Report(Exception defect) => defects?.Report(part, defect);

    /// <summary>The work; it ends when it is told to.</summary>
    protected abstract Task RunAsync(CancellationToken stoppingToken);

    protected sealed override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(part, defects, clock, RunAsync, stoppingToken);

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

            pause = clock.GetElapsedTime(started) > Longest ? Shortest : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, Longest.Ticks));
            await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
