namespace Gateway.Management.Lifecycle;

/// <summary>Brings engines whose operation was interrupted to the old or to the new state, serving.</summary>
internal sealed partial class Recovery(
    EngineSteps steps, StopRun stops, IReadOnlyDictionary<string, EngineHost> hosts, EngineTurns turns, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    /// <summary>Goes on until it is cancelled: waits for an operation that ends half done, then tries again until all is in order.</summary>
    public async Task RepeatAsync(CancellationToken cancellationToken)
    {
        // What could not be published is published with the next round, also where nothing is left to recover then.
        var unpublished = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            var ended = turns.Ended;
            if (!unpublished && !steps.Journal.All.Any(IsInterrupted))
            {
                await ended.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            unpublished |= await RunAsync(IsInterrupted, cancellationToken);
            if (unpublished && !cancellationToken.IsCancellationRequested)
            {
                unpublished = !await GuardedWork.TryAsync("Routing to recovered engines", logger, () => steps.PublishAsync(null, cancellationToken), cancellationToken);
            }
        }
    }

    /// <summary>One round over the engines that are meant. A defect with one is logged, and the others are recovered all the same.</summary>
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
                    await RecoverAsync(host, now, cancellationToken);
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

    private static bool IsInterrupted(EngineRecord record) => record.Operation is not null;

    private async Task RecoverAsync(EngineHost host, EngineRecord record, CancellationToken cancellationToken)
    {
        if (record.Operation is { Kind: OperationKind.Delete or OperationKind.Install })
        {
            await stops.RemoveAsync(host, record);
            return;
        }

        if (record.Operation?.Other is { } other)
        {
            // Before the switch it is the new version, from the switch on the old one: in both cases the one that does not count.
            await host.RemoveAsync(other.Container, cancellationToken);
        }

        var current = record.Current!;
        if (record.Stopped)
        {
            await host.StopAsync(current.Container, cancellationToken);
        }
        else
        {
            await steps.EnsureRunsAsync(host, record.Key, current, cancellationToken);
        }

        if (record.Operation is not null)
        {
            steps.Journal.Write(record with { Operation = null });
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Engine} is not in order yet, and it is tried again: {Reason}")]
        public static partial void NotRecovered(ILogger logger, EngineKey engine, string reason);

        [LoggerMessage(2, LogLevel.Error, "{Engine} could not be recovered because of a defect in the gateway, and it is tried again.")]
        public static partial void Defect(ILogger logger, Exception exception, EngineKey engine);
    }
}
