namespace Gateway.Management.Jobs;

/// <summary>How a job ends, told by how it went on its nodes.</summary>
internal static class JobEnd
{
    private const string Unknown = "The gateway itself failed, and its log says where.";

    /// <param name="job">With the last word of every node.</param>
    /// <param name="cancelled">It was given up.</param>
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
}
