namespace Gateway.Management.Docker;

/// <summary>What kind of trouble a Docker Engine has, or is.</summary>
internal enum DockerFault
{
    /// <summary>Nobody answers at its address.</summary>
    Away,

    /// <summary>We may not open its socket, or whoever stands before it refuses the call.</summary>
    Denied,

    /// <summary>It did not answer in time.</summary>
    Late,
    NotFound,

    /// <summary>It stands in the way of something that is there, such as a name that is taken.</summary>
    Conflict,
    DiskFull,

    /// <summary>The registry does not answer, or wants another login than it was given.</summary>
    RegistryAway,

    /// <summary>A stream broke off before its end.</summary>
    Broken,

    /// <summary>It says that something is wrong, in its own words.</summary>
    Refused,
}

/// <summary>A call of a Docker Engine that failed.</summary>
/// <param name="fault">For programs.</param>
/// <param name="message">A sentence for people, with the Docker Engine's own words where it had some.</param>
/// <param name="inner">Where it comes from.</param>
internal sealed class DockerException(DockerFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public DockerFault Fault { get; } = fault;
}
