using Gateway.Management.Jobs;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Operations;

/// <summary>What became of a job that was cut short by the end of the process, told by what is there after all was put right.</summary>
internal static class JobSettlement
{
    /// <param name="job">The job as it was left.</param>
    /// <param name="installed">What is installed now.</param>
    /// <param name="now">When.</param>
    public static JobRecord Of(JobRecord job, IReadOnlyList<InstalledEngine> installed, DateTimeOffset now)
    {
        var nodes = job.Nodes.Select(node => node.Status is NodeProgress.Success or NodeProgress.Failed ? node : Settle(job, node, installed.FirstOrDefault(engine => engine.Key == new EngineKey(node.Node, job.Engine))));
        var ended = JobEnd.Of(job with { Nodes = [.. nodes] }, cancelled: false, now);
        return ended.Error is null ? ended with { Message = "completed" } : ended;
    }

    private static NodeProgress Settle(JobRecord job, NodeProgress node, InstalledEngine? engine)
    {
        if (engine is { Passing: true })
        {
            return node with { Status = NodeProgress.Failed, After = null, Error = $"The gateway was restarted before it was done, and {node.Name} does not answer: what is left of {job.Engine} is removed as soon as it does." };
        }

        var after = engine is null ? null : JobBoard.Version(engine);
        var done = job.Action switch
        {
            JobAction.Install or JobAction.Upgrade => engine is not null && EngineMetadata.JobOf(engine) == job.Id,
            JobAction.Delete => engine is null,
            JobAction.RollBack => engine is not null && after != node.Before,
            JobAction.Start => engine is { Stopped: false },
            JobAction.Stop => engine is { Stopped: true },
            _ => false,
        };
        return done
            ? node with { Status = NodeProgress.Success, Percent = 100, Phase = JobProgress.Word(LifecyclePhase.Done), After = after }
            : node with { Status = NodeProgress.Failed, After = after, Error = $"The gateway was restarted before it was done. {(engine is null ? "Nothing of it is left." : $"{after} is there as before.")} Ask for it again." };
    }
}
