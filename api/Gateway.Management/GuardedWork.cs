namespace Gateway.Management;

/// <summary>Work in the background. A defect in it is logged with its stack, and ends neither the work that comes after it nor the gateway.</summary>
internal static partial class GuardedWork
{
    /// <summary>Does one piece of it.</summary>
    /// <param name="what">Names the work in the log.</param>
    /// <param name="logger">Gets what goes wrong.</param>
    /// <param name="work">The work.</param>
    /// <param name="stopping">Ends it; then this throws as usual.</param>
    /// <returns>False where it failed.</returns>
    public static async Task<bool> TryAsync(string what, ILogger logger, Func<Task> work, CancellationToken stopping)
    {
        try
        {
            await work();
            return true;
        }
#pragma warning disable CA1031 // This is the last place where a defect of a background task can be seen.
        catch (Exception e) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Failed(logger, e, what);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{What} failed; the gateway continues to run.")]
        public static partial void Failed(ILogger logger, Exception exception, string what);
    }
}
