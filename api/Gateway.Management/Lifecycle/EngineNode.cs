namespace Gateway.Management.Lifecycle;

/// <summary>A machine with a Docker Engine that may be given engines.</summary>
/// <param name="Id">Lower-case id, used in paths and labels; the gateway's own machine is <see cref="LocalId"/>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="DockerHost">Address of its Docker Engine as in <c>DOCKER_HOST</c>: <c>unix:///…</c> or <c>tcp://host:port</c>.</param>
public sealed record EngineNode(string Id, string Name, string DockerHost)
{
    public const string LocalId = "local";
}
