using System.Text.Json.Serialization;

namespace Gateway.Management.Jobs;

/// <summary>What a job does with an engine.</summary>
public enum JobAction
{
    Install,
    Delete,
    Upgrade,
    RollBack,
    Start,
    Stop,
}

/// <summary>How far a job is on one node.</summary>
/// <param name="Node">Id of the node.</param>
/// <param name="Name">What people call it.</param>
public sealed record NodeProgress(string Node, string Name)
{
    public const string Queued = "queued";
    public const string Downloading = "downloading";
    public const string Running = "running_on_worker";
    public const string Success = "success";
    public const string Failed = "error";

    public string Status { get; init; } = Queued;

    /// <summary>The image.</summary>
    public string File { get; init; } = "";

    public long Bytes { get; init; }

    public long TotalBytes { get; init; }

    /// <summary>0 to 100.</summary>
    public double Percent { get; init; }

    public string Phase { get; init; } = "";

    public string? Error { get; init; }

    /// <summary>The node did not answer: in a fleet that fails this node's part only.</summary>
    public bool Away { get; init; }

    /// <summary>Image and digest before and after; null: none.</summary>
    public string? Before { get; init; }

    public string? After { get; init; }
}

/// <summary>A job as it is now, and as it is kept over a restart.</summary>
public sealed record JobRecord
{
    public required string Id { get; init; }

    public required JobAction Action { get; init; }

    /// <summary>Name of the installed engine.</summary>
    public required string Engine { get; init; }

    /// <summary>What was asked for: name of a gallery's entry, an image, or the engine's name.</summary>
    public required string Element { get; init; }

    /// <summary>Tells two requests for one engine apart: a digest of image, model and options. It means something to this process only.</summary>
    [JsonIgnore]
    public string Fingerprint { get; init; } = "";

    /// <summary>Name of the key that asked, or what else did.</summary>
    public required string Who { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>One for each node that it is for.</summary>
    public IReadOnlyList<NodeProgress> Nodes { get; init; } = [];

    public string Message { get; init; } = "";

    /// <summary>Null while all is well.</summary>
    public string? Error { get; init; }

    /// <summary>It has ended, however it did.</summary>
    public bool Processed { get; init; }

    public bool Cancelled { get; init; }

    /// <summary>It waits for its turn.</summary>
    public bool Queued { get; init; }

    public double Percent => Processed && Error is null && !Cancelled ? 100 : Nodes.Count == 0 ? 0 : Nodes.Average(node => node.Percent);

    public bool Shares(JobRecord other) => Engine == other.Engine && Nodes.Any(node => other.Nodes.Any(theirs => theirs.Node == node.Node));
}
