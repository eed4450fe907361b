using Gateway.Management.Lifecycle;
using Gateway.Management.Operations;

namespace Gateway.Management.Jobs;

/// <summary>How a job ends, told by how it went on its nodes.</summary>
internal static class JobEnd
{
    private const string Unknown = "The gateway itself failed, and its log says where.";

    /// <param name="job">With the last word of every node.</param>
    /// <param name="cancelled">It was cancelled.</param>
    /// <param name="now">When.</param>
    public static JobRecord Of(JobRecord job, bool cancelled, DateTimeOffset now)
    {
        var done = job.Nodes.Where(node => node.Status == NodeProgress.Success).ToArray();
        var ended = job with { Processed = true, Queued = false, FinishedAt = now };

        // One that was done before the word to give it up came is done.
        if (done.Length == job.Nodes.Count)
        {
            return ended with { Message = "completed" };
        }

        if (cancelled)
        {
            return ended with { Cancelled = true, Message = "cancelled" };
        }

        var failed = job.Nodes.Except(done).ToArray();
        var errors = string.Join(' ', failed.Select(node => job.Nodes.Count > 1 ? $"{node.Name}: {node.Error ?? Unknown}" : node.Error ?? Unknown));

        // A node that is away is shown, and does not make a failure of what was done on the others.
        return done.Length > 0 && failed.All(node => node.Away)
            ? ended with { Message = $"completed on {string.Join(", ", done.Select(node => node.Name))}. {errors}" }
            : ended with { Error = errors, Message = $"error: {errors}" };
    }

    /// <summary>What became of a job that was cut short by the end of the process, told by what is there after the recovery.</summary>
    /// <param name="job">The job as it was left.</param>
    /// <param name="installed">What is installed now.</param>
    /// <param name="now">When.</param>
    public static JobRecord Of(JobRecord job, IReadOnlyList<InstalledEngine> installed, DateTimeOffset now)
    {
        var nodes = job.Nodes.Select(node => node.Status is NodeProgress.Success or NodeProgress.Failed ? node : Settle(job, node, installed.FirstOrDefault(engine => engine.Key == new EngineKey(node.Node, job.Engine))));
        var ended = Of(job with { Nodes = [.. nodes] }, cancelled: false, now);
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
            : node with { Status = NodeProgress.Failed, After = after, Error = $"The gateway was restarted before it was done. {(engine is null ? "Nothing of it is left." : $"{after} is unchanged.")} Start it again." };
    }
}
