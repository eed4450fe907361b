using System.Runtime.CompilerServices;
using Docker.DotNet.Models;
using Gateway.Management.Docker;

namespace Gateway.Management.Lifecycle;

/// <summary>
/// One node's containers as far as they are ours. Before each change the container is looked at: without our label it is
/// refused, whatever its name is.
/// </summary>
internal sealed class EngineHost(EngineNode node, DockerHost docker, string owner) : IDisposable
{
    public EngineNode Node { get; } = node;

    public DockerAddress Address => docker.Address;

    /// <summary>The Docker Engine itself, for what is not about one of our containers.</summary>
    public DockerHost Docker => docker;

    /// <summary>Ours, by name.</summary>
    public async Task<Dictionary<string, ContainerListResponse>> ListAsync(CancellationToken cancellationToken)
    {
        var ours = new Dictionary<string, ContainerListResponse>(StringComparer.Ordinal);
        foreach (var container in await docker.ListContainersAsync(EngineLabels.Filter(owner), cancellationToken))
        {
            if (EngineLabels.IsOurs(container.Labels, owner) && container.Names is [var name, ..])
            {
                ours[name.TrimStart('/')] = container;
            }
        }

        return ours;
    }

    /// <returns>Null where there is none, or one that is not ours.</returns>
    public async Task<ContainerInspectResponse?> FindAsync(string container, CancellationToken cancellationToken) =>
        await docker.FindContainerAsync(container, cancellationToken) is { } found && EngineLabels.IsOurs(found.Config?.Labels, owner) ? found : null;

    public Task<string> CreateAsync(CreateContainerParameters create, CancellationToken cancellationToken) =>
        EngineLabels.IsOurs(create.Labels, owner)
            ? docker.CreateContainerAsync(create, cancellationToken)
            : throw new InvalidOperationException("A container is to be made without our label.");

    public async Task StartAsync(string container, CancellationToken cancellationToken) =>
        await docker.StartContainerAsync(await OwnAsync(container, cancellationToken), cancellationToken);

    /// <summary>It comes back by itself from now on, until it is stopped.</summary>
    public async Task KeepAsync(string container, CancellationToken cancellationToken) =>
        await docker.SetRestartAsync(await OwnAsync(container, cancellationToken), RestartPolicyKind.UnlessStopped, cancellationToken);

    /// <summary>Stops it; one that is gone is stopped.</summary>
    public async Task StopAsync(string container, CancellationToken cancellationToken)
    {
        if (await OwnOrGoneAsync(container, cancellationToken) is { } id)
        {
            await docker.StopContainerAsync(id, ContainerPlan.StopSeconds, cancellationToken);
        }
    }

    /// <summary>Removes it; one that is gone is removed.</summary>
    public async Task RemoveAsync(string container, CancellationToken cancellationToken)
    {
        if (await OwnOrGoneAsync(container, cancellationToken) is not { } id)
        {
            return;
        }

        try
        {
            await docker.RemoveContainerAsync(id, cancellationToken);
        }
        catch (DockerException e) when (e.Fault is DockerFault.NotFound or DockerFault.Conflict)
        {
            // Somebody else removed it meanwhile, or is about to.
            if (await docker.FindContainerAsync(id, cancellationToken) is { State.Status: not ("removing" or "dead") })
            {
                throw;
            }
        }
    }

    public async IAsyncEnumerable<string> LogsAsync(string container, int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in docker.LogsAsync(await OwnAsync(container, cancellationToken), tail, follow, cancellationToken))
        {
            yield return line;
        }
    }

    public void Dispose() => docker.Dispose();

    private async Task<string> OwnAsync(string container, CancellationToken cancellationToken) =>
        await OwnOrGoneAsync(container, cancellationToken)
        ?? throw new LifecycleException(LifecycleReason.NotFound, $"The container {container} is gone from {Node.Name}: somebody else removed it. Upgrade or delete the engine.");

    private async Task<string?> OwnOrGoneAsync(string container, CancellationToken cancellationToken)
    {
        if (await docker.FindContainerAsync(container, cancellationToken) is not { } found)
        {
            return null;
        }

        return EngineLabels.IsOurs(found.Config?.Labels, owner)
            ? found.ID
            : throw new LifecycleException(LifecycleReason.NotOurs, $"The container {container} on {Node.Name} was not made by this gateway and is left alone.");
    }
}
