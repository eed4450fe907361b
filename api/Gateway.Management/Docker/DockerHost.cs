namespace Gateway.Management.Docker;

/// <summary>One machine's Docker Engine: what it is, its images, containers and networks.</summary>
/// <param name="address">Where it is.</param>
/// <param name="logins">For the registries that want one.</param>
/// <param name="clock">Measures.</param>
internal sealed class DockerHost(DockerAddress address, RegistryLogins logins, TimeProvider clock) : IDisposable
{
    private readonly DockerClient _docker = new(address, clock);

    public DockerAddress Address { get; } = address;

    public DockerImages Images => new(_docker, logins);

    public DockerContainers Containers => new(_docker);

    public DockerNetworks Networks => new(_docker);

    public Task<InfoAnswer> InfoAsync(CancellationToken cancellationToken) => _docker.GetAsync("/info", DockerJson.Default.InfoAnswer, cancellationToken, TimeSpan.FromSeconds(10));

    public void Dispose() => _docker.Dispose();
}
