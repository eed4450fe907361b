using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Gateway.Management.Docker;

/// <summary>One machine's Docker Engine: what it is, what happens on it, its images, containers and networks.</summary>
/// <param name="address">Where it is.</param>
/// <param name="logins">For the registries that want one.</param>
/// <param name="clock">Measures.</param>
internal sealed class DockerHost(DockerAddress address, RegistryLogins logins, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Forever = TimeSpan.FromDays(20);
    private readonly DockerClient _docker = new(address, clock);

    public DockerAddress Address { get; } = address;

    public DockerImages Images => new(_docker, logins);

    public DockerContainers Containers => new(_docker);

    public DockerNetworks Networks => new(_docker);

    public Task<InfoAnswer> InfoAsync(CancellationToken cancellationToken) => _docker.GetAsync("/info", DockerJson.Default.InfoAnswer, cancellationToken, TimeSpan.FromSeconds(10));

    /// <summary>What happens to containers with this label, from now on.</summary>
    public async IAsyncEnumerable<EventMessage> EventsAsync(string label, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filters = JsonSerializer.Serialize(new Dictionary<string, string[]> { ["type"] = ["container"], ["label"] = [label] }, DockerJson.Default.DictionaryStringStringArray);
        using var answer = await _docker.OpenAsync(HttpMethod.Get, $"/events?filters={Uri.EscapeDataString(filters)}", TimeSpan.FromSeconds(10), cancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var message in JsonLines.ReadAsync(stream, DockerJson.Default.EventMessage, Forever, clock, cancellationToken))
        {
            yield return message;
        }
    }

    public void Dispose() => _docker.Dispose();
}
