using System.Globalization;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Jobs;

/// <summary>Turns what the lifecycle reports of one node into the job's state.</summary>
internal sealed class JobProgress(JobPart part, Action<Func<JobRecord, JobRecord>> change) : IProgress<LifecycleProgress>
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public void Report(LifecycleProgress value) => change(job => On(job, part.Node.Id, node => node with
    {
        Status = value.Phase == LifecyclePhase.Preflight ? NodeProgress.Queued : value.Phase == LifecyclePhase.Pulling ? NodeProgress.Downloading : NodeProgress.Running,
        Bytes = value.Bytes > 0 ? value.Bytes : node.Bytes,
        TotalBytes = value.TotalBytes > 0 ? value.TotalBytes : node.TotalBytes,
        Percent = Math.Clamp(value.Percent, 0, 100),
        Phase = Word(value.Phase),
    }) with
    {
        Message = value.Phase == LifecyclePhase.Pulling && value.TotalBytes > 0
            ? $"processing file: {part.Image}. Total: {Size(value.TotalBytes)}. Current: {Size(value.Bytes)}"
            : value.Message,
    });

    /// <summary>The job with one of its nodes changed.</summary>
    public static JobRecord On(JobRecord job, string id, Func<NodeProgress, NodeProgress> change) =>
        job with { Nodes = [.. job.Nodes.Select(node => node.Node == id ? change(node) : node)] };

    /// <summary>Bytes as people read them.</summary>
    public static string Size(long bytes)
    {
        var unit = 0;
        var size = (double)bytes;
        for (; size >= 1024 && unit < Units.Length - 1; unit++)
        {
            size /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {Units[unit]}");
    }

    public static string Word(LifecyclePhase phase) =>
        phase == LifecyclePhase.RollingBack ? "rolling_back" : phase.ToString().ToLowerInvariant();
}
