using Gateway.Management.Lifecycle;

namespace Gateway.Management.Jobs;

/// <summary>What a job does on one node.</summary>
/// <param name="Node">Which.</param>
/// <param name="Before">Image and digest there now; null: none.</param>
/// <param name="Image">The image that it is about; empty where it is about none.</param>
/// <param name="RunAsync">Does it, and returns the engine as it then is; null: it is gone.</param>
public sealed record JobPart(EngineNode Node, string? Before, string Image, Func<IProgress<LifecycleProgress>, CancellationToken, Task<InstalledEngine?>>? RunAsync)
{
    /// <summary>Why nothing can be done there; null: it can.</summary>
    public string? Fault { get; init; }

    /// <summary>It does not answer.</summary>
    public bool Away { get; init; }
}

/// <summary>Something that is to be done.</summary>
/// <param name="Id">Id of the job, so that the parts can know it.</param>
/// <param name="Action">What.</param>
/// <param name="Engine">Name of the installed engine.</param>
/// <param name="Element">What was asked for, by the caller's word.</param>
/// <param name="Who">Name of the key that asked.</param>
public sealed record JobRequest(string Id, JobAction Action, string Engine, string Element, string Who)
{
    /// <summary>Tells two requests for one engine apart.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>By node. Empty: there is nothing to do, and the job has ended when it begins.</summary>
    public required IReadOnlyList<JobPart> Parts { get; init; }
}

/// <summary>What became of a request.</summary>
/// <param name="Job">The job of this request, or the one that it meets.</param>
/// <param name="Conflict">Another job on the same engine runs; this request was not taken.</param>
public sealed record JobTicket(JobRecord Job, bool Conflict);
