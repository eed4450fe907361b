namespace Gateway.Proxy.Telemetry;

/// <summary>Exceptions that nothing in the code expects, from work that no request waits for.</summary>
/// <remarks>Each is logged whole and counted, and the work goes on.</remarks>
public sealed partial class Defects(GatewayMetrics metrics, ILogger<Defects> logger)
{
    /// <param name="part">What failed, as the metric names it: a few words in snake case.</param>
    /// <param name="defect">The exception.</param>
    public void Report(string part, Exception defect)
    {
        metrics.Defective(part);
        Log.Defect(logger, defect, part);
    }

    /// <summary>Runs work whose end is not awaited. Its cancellation is no defect.</summary>
    public async Task WatchAsync(string part, Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            // It was canceled.
        }
#pragma warning disable CA1031 // Nothing awaits this work: without this, the exception would be lost.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Report(part, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "A defect in the gateway ({Part}). The gateway continues to run; please report this with the lines below.")]
        public static partial void Defect(ILogger logger, Exception defect, string part);
    }
}
