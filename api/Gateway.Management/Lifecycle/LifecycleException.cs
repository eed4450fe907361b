namespace Gateway.Management.Lifecycle;

/// <summary>Why something could not be done.</summary>
public enum LifecycleReason
{
    /// <summary>The Docker Engine does not answer.</summary>
    DaemonAway,

    /// <summary>The Docker Engine's socket is not ours to open, or a proxy before it refuses the call.</summary>
    Denied,

    /// <summary>The Docker Engine answers with something that is no answer to this.</summary>
    DaemonFault,

    /// <summary>A defect in the gateway; its log has the stack.</summary>
    GatewayFault,
    DiskFull,

    /// <summary>The image or its tag is not in the registry.</summary>
    ImageNotFound,

    /// <summary>The registry does not answer, or wants another login than it was given.</summary>
    RegistryAway,

    /// <summary>The pull ended before the image was whole.</summary>
    PullBroken,
    DigestMismatch,

    /// <summary>The request itself is wrong: an unknown kind, accelerator, option or name.</summary>
    Invalid,

    /// <summary>An engine, a backend or a foreign container has the name already.</summary>
    NameTaken,
    NotFound,

    /// <summary>A container without our label: it is left alone.</summary>
    NotOurs,
    UnknownNode,

    /// <summary>The engine's container ended, or was not ready in its time.</summary>
    NotReady,

    /// <summary>There is no port, device or memory for it.</summary>
    NoRoom,

    /// <summary>There is no version to roll back to.</summary>
    NothingBefore,

    /// <summary>Another operation on the same engine runs.</summary>
    Busy,

    /// <summary>Whoever asked gave it up; what was there before is back.</summary>
    Canceled,
}

/// <summary>An operation that failed, with what was there before back in its place.</summary>
/// <param name="reason">For programs.</param>
/// <param name="message">For people: what went wrong and what to do about it.</param>
/// <param name="inner">Where it comes from.</param>
public sealed class LifecycleException(LifecycleReason reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public LifecycleReason Reason { get; } = reason;

    /// <summary>The version that serves again after a failed upgrade; null where nothing had to be put back.</summary>
    public string? RolledBackTo { get; init; }
}
