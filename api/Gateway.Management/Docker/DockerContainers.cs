using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Gateway.Management.Docker;

/// <summary>The containers of one Docker Engine.</summary>
internal sealed class DockerContainers(DockerClient docker)
{
    /// <summary>Every container with this label, running or not.</summary>
    public Task<ContainerSummary[]> ListAsync(string label, CancellationToken cancellationToken)
    {
        var filters = JsonSerializer.Serialize(new Dictionary<string, string[]> { ["label"] = [label] }, DockerJson.Default.DictionaryStringStringArray);
        return docker.GetAsync($"/containers/json?all=1&filters={Uri.EscapeDataString(filters)}", DockerJson.Default.ContainerSummaryArray, cancellationToken);
    }

    /// <param name="container">Id or name.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>Null where there is none.</returns>
    public Task<ContainerAnswer?> FindAsync(string container, CancellationToken cancellationToken) =>
        docker.FindAsync($"/containers/{Uri.EscapeDataString(container)}/json", DockerJson.Default.ContainerAnswer, cancellationToken);

    /// <returns>The id.</returns>
    public async Task<string> CreateAsync(string name, ContainerCreate create, CancellationToken cancellationToken) =>
        (await docker.PostAsync($"/containers/create?name={Uri.EscapeDataString(name)}", create, DockerJson.Default.ContainerCreate, DockerJson.Default.CreatedAnswer, cancellationToken)).Id;

    public Task StartAsync(string container, CancellationToken cancellationToken) =>
        docker.PostAsync($"/containers/{Uri.EscapeDataString(container)}/start", cancellationToken, TimeSpan.FromMinutes(2));

    /// <summary>Tells it to stop, and stops it when it has not after <paramref name="grace"/>.</summary>
    public Task StopAsync(string container, TimeSpan grace, CancellationToken cancellationToken) =>
        docker.PostAsync(string.Create(CultureInfo.InvariantCulture, $"/containers/{Uri.EscapeDataString(container)}/stop?t={(int)grace.TotalSeconds}"), cancellationToken, grace + TimeSpan.FromSeconds(60));

    /// <summary>Removes it and what nobody else could ever name of it, whether it runs or not.</summary>
    public Task RemoveAsync(string container, CancellationToken cancellationToken) =>
        docker.DeleteAsync($"/containers/{Uri.EscapeDataString(container)}?force=1&v=1", cancellationToken);

    public Task RestartAsync(string container, RestartPolicy policy, CancellationToken cancellationToken) =>
        docker.PostAsync($"/containers/{Uri.EscapeDataString(container)}/update", new ContainerUpdate(policy), DockerJson.Default.ContainerUpdate, cancellationToken);

    /// <summary>The last lines of its log, and those that come while it is followed.</summary>
    public async IAsyncEnumerable<string> LogsAsync(string container, int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/containers/{Uri.EscapeDataString(container)}/logs?stdout=1&stderr=1&tail={tail}&follow={(follow ? 1 : 0)}");
        using var answer = await docker.OpenAsync(HttpMethod.Get, path, TimeSpan.FromSeconds(30), cancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var line in LogLines.ReadAsync(stream, cancellationToken))
        {
            yield return line;
        }
    }
}
