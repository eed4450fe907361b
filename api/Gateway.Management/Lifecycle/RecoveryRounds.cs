namespace Gateway.Management.Lifecycle;

/// <summary>Recovers engines whose operation was interrupted: all of them at the start, and later those that a broken connection left half done.</summary>
internal sealed partial class RecoveryRounds(EngineSteps steps, Recovery recovery, IReadOnlyDictionary<string, EngineHost> hosts, EngineTurns turns, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    /// <summary>Goes on until it is cancelled. A defect in one round is logged, and the next round comes.</summary>
    public async Task RepeatAsync(CancellationToken cancellationToken)
    {
        // What could not be published is published with the next round, also where nothing is left to recover then.
        var unpublished = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            unpublished |= await RunAsync(record => record.Operation is not null, cancellationToken);
            if (unpublished && !cancellationToken.IsCancellationRequested)
            {
                unpublished = !await GuardedWork.TryAsync("Routing to recovered engines", logger, () => steps.PublishAsync(null, cancellationToken), cancellationToken);
            }
        }
    }

    /// <summary>One round over the engines that are meant.</summary>
    /// <returns>Something has changed.</returns>
    public async Task<bool> RunAsync(Func<EngineRecord, bool> which, CancellationToken cancellationToken)
    {
        var changed = false;
        foreach (var record in steps.Journal.All.Where(which).ToArray())
        {
            if (!hosts.TryGetValue(record.Key.Node, out var host) || !turns.TryEnter(record.Key))
            {
                continue;
            }

            try
            {
                if (steps.Journal.Find(record.Key) is { } now && which(now))
                {
                    await recovery.RunAsync(host, now, cancellationToken);
                    changed = true;
                }
            }
            catch (Exception e) when (LifecycleErrors.IsExpected(e))
            {
                Log.NotRecovered(logger, record.Key, e.Message);
            }
#pragma warning disable CA1031 // A defect with one engine must not keep the others from being recovered.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.Defect(logger, e, record.Key);
            }
            finally
            {
                turns.Leave(record.Key);
            }
        }

        return changed;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Engine} is not in order yet, and it is tried again: {Reason}")]
        public static partial void NotRecovered(ILogger logger, EngineKey engine, string reason);

        [LoggerMessage(2, LogLevel.Error, "{Engine} could not be recovered because of a defect in the gateway, and it is tried again.")]
        public static partial void Defect(ILogger logger, Exception exception, EngineKey engine);
    }
}
