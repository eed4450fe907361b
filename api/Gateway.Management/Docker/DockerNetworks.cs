using System.Text.Json;

namespace Gateway.Management.Docker;

/// <summary>The networks of one Docker Engine.</summary>
internal sealed class DockerNetworks(DockerClient docker)
{
    public Task<NetworkSummary[]> ListAsync(string label, CancellationToken cancellationToken)
    {
        var filters = JsonSerializer.Serialize(new Dictionary<string, string[]> { ["label"] = [label] }, DockerJson.Default.DictionaryStringStringArray);
        return docker.GetAsync($"/networks?filters={Uri.EscapeDataString(filters)}", DockerJson.Default.NetworkSummaryArray, cancellationToken);
    }

    public Task<NetworkSummary?> FindAsync(string network, CancellationToken cancellationToken) =>
        docker.FindAsync($"/networks/{Uri.EscapeDataString(network)}", DockerJson.Default.NetworkSummary, cancellationToken);

    /// <returns>The id.</returns>
    public async Task<string> CreateAsync(NetworkCreate create, CancellationToken cancellationToken) =>
        (await docker.PostAsync("/networks/create", create, DockerJson.Default.NetworkCreate, DockerJson.Default.CreatedAnswer, cancellationToken)).Id;

    public Task ConnectAsync(string network, string container, CancellationToken cancellationToken) =>
        docker.PostAsync($"/networks/{Uri.EscapeDataString(network)}/connect", new NetworkConnect(container), DockerJson.Default.NetworkConnect, cancellationToken);
}
