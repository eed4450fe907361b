using Gateway.Management.Docker;

namespace Gateway.Management.Lifecycle;

/// <summary>What a Docker Engine's trouble means for an operation.</summary>
internal static class LifecycleErrors
{
    public static LifecycleException Of(DockerException e) => new(Reason(e.Fault), e.Message, e);

    /// <summary>It comes from outside, and not from a mistake in the gateway.</summary>
    public static bool IsExpected(Exception e) => e is LifecycleException or DockerException or OperationCanceledException or IOException or UnauthorizedAccessException;

    /// <summary>Any failure of an operation as its one kind of exception.</summary>
    public static LifecycleException Of(Exception e) => e switch
    {
        LifecycleException known => known,
        DockerException docker => Of(docker),
        OperationCanceledException => new LifecycleException(LifecycleReason.Canceled, "It was given up.", e),
        IOException or UnauthorizedAccessException => new LifecycleException(
            e.HResult is 28 or unchecked((int)0x80070070) ? LifecycleReason.DiskFull : LifecycleReason.DaemonFault, $"The gateway's data folder cannot be used: {e.Message}", e),
        _ => new LifecycleException(LifecycleReason.GatewayFault, $"The gateway itself failed, and its log says where: {e.Message}", e),
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
