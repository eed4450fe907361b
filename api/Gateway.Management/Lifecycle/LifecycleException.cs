using Gateway.Management.Docker;

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

/// <summary>What a Docker Engine's trouble means for an operation.</summary>
internal static class LifecycleErrors
{
    public static LifecycleException Of(DockerException e) => new(Reason(e.Fault), e.Message, e);

    /// <summary>It comes from outside, and not from a mistake in the gateway.</summary>
    public static bool IsExpected(Exception e) =>
        e is LifecycleException or DockerException or OperationCanceledException or IOException or UnauthorizedAccessException;

    /// <summary>Any failure of an operation as its one kind of exception.</summary>
    public static LifecycleException Of(Exception e) => e switch
    {
        LifecycleException known => known,
        DockerException docker => Of(docker),
        OperationCanceledException => new LifecycleException(LifecycleReason.Canceled, "It was cancelled.", e),
        IOException or UnauthorizedAccessException => new LifecycleException(
            e.HResult is 28 or unchecked((int)0x80070070) ? LifecycleReason.DiskFull : LifecycleReason.DaemonFault, $"The gateway's data folder cannot be used: {e.Message}", e),
        _ => new LifecycleException(LifecycleReason.GatewayFault, $"The gateway failed; see its log: {e.Message}", e),
    };

    private static LifecycleReason Reason(DockerFault fault) => fault switch
    {
        DockerFault.Away or DockerFault.Late => LifecycleReason.DaemonAway,
        DockerFault.Denied => LifecycleReason.Denied,
        DockerFault.NotFound => LifecycleReason.ImageNotFound,
        DockerFault.Conflict => LifecycleReason.NameTaken,
        DockerFault.DiskFull => LifecycleReason.DiskFull,
        DockerFault.RegistryAway => LifecycleReason.RegistryAway,
        DockerFault.Broken => LifecycleReason.PullBroken,
        DockerFault.Refused => LifecycleReason.DaemonFault,
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
