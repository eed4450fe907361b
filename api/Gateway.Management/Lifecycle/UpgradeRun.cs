using Gateway.Engines;

namespace Gateway.Management.Lifecycle;

/// <summary>
/// Replaces one version of an engine by another. Until the new one is ready and the journal says so, the old one counts: any
/// failure, also the end of the process, leads back to it. From then on the new one counts, and the old one goes when its last
/// request is answered.
/// </summary>
internal sealed partial class UpgradeRun(EngineSteps steps, VersionPlan plan, LifecycleOptions options, ILogger logger)
{
    public async Task<EngineRecord> RunAsync(EngineHost host, EngineRecord before, EngineRequest request, OperationReport report, CancellationToken cancellationToken)
    {
        var old = before.Current!;
        report.Tell(LifecyclePhase.Preflight, $"Looking whether {request.Name} can be replaced on {host.Node.Name}.");
        Check(old.Request, request);
        // Two do not fit into one GPU's memory, as a rule.
        var inPlace = request.InPlace ?? request.Accelerator != Accelerator.Cpu;
        var (next, image) = await plan.MakeAsync(host, request, old, inPlace ? old.Slot : null, cancellationToken);
        if (next.Digest == old.Digest && Alike(request, old.Request))
        {
            report.Tell(LifecyclePhase.Done, $"{request.Name} is what it is to become already.");
            return before;
        }

        var traffic = steps.Routes.Find(old.Slot.Address);
        try
        {
            Keep(LifecyclePhase.Pulling);
            await ImageResolver.PullAsync(host, image, report, cancellationToken);
            Keep(LifecyclePhase.Creating);
            report.Tell(LifecyclePhase.Creating, $"Creating the container {next.Container}.");
            await steps.CreateAsync(host, before.Key, next, cancellationToken);
            Keep(LifecyclePhase.Starting);
            if (inPlace)
            {
                await MakeWayAsync(host, old, traffic, report, cancellationToken);
            }

            report.Tell(LifecyclePhase.Starting, "Starting the new version.");
            await EngineSteps.StartAsync(host, next, cancellationToken);
            Keep(LifecyclePhase.Loading);
            await steps.WaitReadyAsync(host, next, report, cancellationToken);
            report.Tell(LifecyclePhase.Switching, "The new version is ready; requests go to it.");
            if (!inPlace && !before.Stopped && old.Request.Model == next.Request.Model)
            {
                // For a moment both serve, so that the new one is known well before it is alone.
                await steps.PublishAsync(next, cancellationToken);
            }

            var after = steps.Journal.Write(before with { Current = next, Previous = old, Stopped = false, Operation = new EngineOperation(OperationKind.Upgrade, LifecyclePhase.Switching, old) });
            after = await FinishAsync(host, after, traffic, report);
            await SweepAsync(host, before.Previous);
            report.Tell(LifecyclePhase.Done, $"{request.Name} is {next.Reference} now.");
            return after;
        }
        catch (Exception e) when (steps.Journal.Find(before.Key)?.Current?.Container == old.Container)
        {
            var back = await PutBackAsync(host, before, next, traffic, report);
            var known = LifecycleErrors.Of(e);
            throw new LifecycleException(known.Reason, known.Message, e) { RolledBackTo = back ? old.Reference : null };
        }

        void Keep(LifecyclePhase phase) => steps.Journal.Write(before with { Operation = new EngineOperation(OperationKind.Upgrade, phase, next) });
    }

    /// <summary>From the switch on: nothing that fails here brings the old version back.</summary>
    private async Task<EngineRecord> FinishAsync(EngineHost host, EngineRecord after, IEngineTraffic? traffic, OperationReport report)
    {
        var old = after.Operation!.Other!;
        try
        {
            await steps.PublishAsync(null, CancellationToken.None);
            traffic?.Release();
            if (old.Slot != after.Current!.Slot && traffic is not null)
            {
                report.Tell(LifecyclePhase.Draining, "The old version finishes what it has begun.");
                await traffic.DrainAsync(options.LongestRequest, CancellationToken.None);
            }

            report.Tell(LifecyclePhase.Removing, "Removing the old version.");
            await host.StopAsync(old.Container, CancellationToken.None);
            await host.RemoveAsync(old.Container, CancellationToken.None);
            after = steps.Journal.Write(after with { Operation = null });
        }
        catch (Exception e) when (LifecycleErrors.IsExpected(e))
        {
            Log.Left(logger, old.Container, LifecycleErrors.Of(e).Message);
        }

        return after;
    }

    /// <summary>One version before is kept for a rollback; the image of the one before that is not needed any more.</summary>
    private async Task SweepAsync(EngineHost host, EngineVersion? superseded)
    {
        if (await steps.SweepAsync(host, superseded) is { } reason)
        {
            Log.Kept(logger, superseded!.Image, reason);
        }
    }

    private async Task MakeWayAsync(EngineHost host, EngineVersion old, IEngineTraffic? traffic, OperationReport report, CancellationToken cancellationToken)
    {
        report.Tell(LifecyclePhase.Starting, "Requests are held; the old version finishes what it has begun.");
        traffic?.Hold(EngineState.Starting);
        if (traffic is not null)
        {
            await traffic.DrainAsync(options.LongestRequest, cancellationToken);
        }

        await host.StopAsync(old.Container, cancellationToken);
    }

    /// <returns>False where it could not be done yet; then the journal says what is left to do.</returns>
    private async Task<bool> PutBackAsync(EngineHost host, EngineRecord before, EngineVersion next, IEngineTraffic? traffic, OperationReport report)
    {
        report.Tell(LifecyclePhase.RollingBack, $"It failed: {before.Current!.Reference} is put back.");
        try
        {
            await steps.PublishAsync(null, CancellationToken.None);
            await host.RemoveAsync(next.Container, CancellationToken.None);
            if (!before.Stopped)
            {
                await steps.EnsureRunsAsync(host, before.Key, before.Current, CancellationToken.None);
                await steps.WaitReadyAsync(host, before.Current, report, CancellationToken.None);
            }

            steps.Journal.Write(before with { Operation = null });
            return true;
        }
        catch (Exception e) when (LifecycleErrors.IsExpected(e))
        {
            Log.NotBack(logger, before.Key, LifecycleErrors.Of(e).Message);
            return false;
        }
        finally
        {
            traffic?.Release();
        }
    }

    private static void Check(EngineRequest old, EngineRequest request)
    {
        if (request.Name != old.Name || request.Kind != old.Kind)
        {
            throw new LifecycleException(LifecycleReason.Invalid, $"{old.Name} cannot become another engine: install that one, and delete this one.");
        }
    }

    private static bool Alike(EngineRequest one, EngineRequest other) =>
        one.Model == other.Model && one.Accelerator == other.Accelerator
        && one.Options.Count == other.Options.Count && one.Options.All(pair => other.Options.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The old container {Container} could not be removed yet: {Reason}")]
        public static partial void Left(ILogger logger, string container, string reason);

        [LoggerMessage(3, LogLevel.Information, "The image {Image} is not needed any more and stays: {Reason}")]
        public static partial void Kept(ILogger logger, string image, string reason);

        [LoggerMessage(2, LogLevel.Error, "{Engine} could not be put back yet, and it is tried again: {Reason}")]
        public static partial void NotBack(ILogger logger, EngineKey engine, string reason);
    }
}
