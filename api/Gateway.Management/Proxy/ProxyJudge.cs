using System.Text.Json;
using Gateway.Management.Docker;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Proxy;

/// <summary>Decides over one call, with what the Docker Engine says of the container and the network that it is about.</summary>
/// <param name="mounts">Judges mounts.</param>
/// <param name="ask">Gets an answer of the Docker Engine; null where it has none.</param>
internal sealed class ProxyJudge(MountGuard mounts, Func<string, CancellationToken, Task<byte[]?>> ask)
{
    private readonly CreateGuard _creates = new(mounts);

    /// <returns>The call and the body to pass on, or why it is refused.</returns>
    public async Task<(ProxyCall Call, byte[]? Body, string? Refusal)> JudgeAsync(ProxyCall call, byte[] body, CancellationToken cancellationToken)
    {
        switch (call.Rule.Check)
        {
            case ProxyCheck.OwnContainer or ProxyCheck.Start or ProxyCheck.Update:
                return await OwnAsync(call, body, cancellationToken);
            case ProxyCheck.Create:
                var (created, refusal) = await CreateAsync(call, body, cancellationToken);
                return (call, created, refusal);
            case ProxyCheck.CreateNetwork:
                var (network, fault) = ProxyGuard.Read(body, ProxyJson.Default.NetworkCreate);
                return (call, network is null ? null : ProxyGuard.Write(network, ProxyJson.Default.NetworkCreate), fault ?? ProxyGuard.Network(network!));
            case ProxyCheck.Connect:
                return await ConnectAsync(call, body, cancellationToken);
            case ProxyCheck.None:
            default:
                return (call, null, null);
        }
    }

    private async Task<(ProxyCall Call, byte[]? Body, string? Refusal)> OwnAsync(ProxyCall call, byte[] body, CancellationToken cancellationToken)
    {
        var (container, foreign) = await ContainerAsync(call.Id, cancellationToken);
        if (container is null)
        {
            return (call, null, foreign);
        }

        // By its id: between this and the call a name, or the beginning of an id, may come to mean another one.
        call = call.About(ProxyView.Text(ProxyView.Member(container.Value, "Id"))!);
        switch (call.Rule.Check)
        {
            case ProxyCheck.Start:
                return (call, null, Sources(container.Value).Select(mounts.JudgeSource).FirstOrDefault(refusal => refusal is not null));
            case ProxyCheck.Update:
                var (update, fault) = ProxyGuard.Read(body, ProxyJson.Default.ContainerUpdate);
                return (call, update is null ? null : ProxyGuard.Write(update, ProxyJson.Default.ContainerUpdate), fault ?? ProxyGuard.Update(update!));
            default:
                return (call, null, null);
        }
    }

    private async Task<(byte[]? Body, string? Refusal)> CreateAsync(ProxyCall call, byte[] body, CancellationToken cancellationToken)
    {
        var (create, refusal) = ProxyGuard.Container(body);
        refusal ??= _creates.Judge(create!, call.Query.GetValueOrDefault("name"));
        if (refusal is null && create!.HostConfig.NetworkMode is { } network)
        {
            refusal = await NetworkAsync(network, cancellationToken);
        }

        return refusal is not null
            ? (null, refusal)
            : (ProxyGuard.Write(create! with { Name = null, HostConfig = create.HostConfig with { LogConfig = OwnShapes.Log } }, ProxyJson.Default.ContainerCreate), null);
    }

    private async Task<(ProxyCall Call, byte[]? Body, string? Refusal)> ConnectAsync(ProxyCall call, byte[] body, CancellationToken cancellationToken)
    {
        var (connect, refusal) = ProxyGuard.Read(body, ProxyJson.Default.NetworkConnect);
        if (connect is null)
        {
            return (call, null, refusal);
        }

        var (container, foreign) = await ContainerAsync(connect.Container, cancellationToken);
        return container is null
            ? (call, null, foreign)
            : (call, ProxyGuard.Write(new NetworkConnect(ProxyView.Text(ProxyView.Member(container.Value, "Id"))!), ProxyJson.Default.NetworkConnect), await NetworkAsync(call.Id, cancellationToken));
    }

    /// <returns>What the Docker Engine says of a container of the gateway's own; null with the reason where it is none.</returns>
    private async Task<(JsonElement? Container, string? Refusal)> ContainerAsync(string id, CancellationToken cancellationToken)
    {
        if (ProxyCall.Read("GET", $"/containers/{id}/json").Call is not { } look || look.Id != id)
        {
            return (null, "that is no name of a container");
        }

        if (await ask(look.Target, cancellationToken) is not { } answer)
        {
            throw new DockerException(DockerFault.NotFound, $"No such container: {id}");
        }

        var container = ProxyView.Read(answer);
        return ProxyView.IsOurs(ProxyView.Member(container, "Config", "Labels")) && ProxyView.Text(ProxyView.Member(container, "Id")) is { Length: > 0 }
            ? (container, null)
            : (null, $"the container {id} is not the gateway's own");
    }

    /// <returns>Why engines may not be on a network; null: they may, since the gateway made it or is on it.</returns>
    private async Task<string?> NetworkAsync(string name, CancellationToken cancellationToken)
    {
        var refusal = $"{name} is neither a network that the gateway has made nor one that its own container (label {EngineLabels.Self}) is on";
        if (PlaceFinder.BuiltIn.Contains(name) || ProxyCall.Read("GET", $"/networks/{name}").Call is not { } look || await ask(look.Target, cancellationToken) is not { } answer)
        {
            return refusal;
        }

        var network = ProxyView.Read(answer);
        if (ProxyView.Text(ProxyView.Member(network, "Name")) != name || ProxyView.Text(ProxyView.Member(network, "Id")) is not { Length: > 0 } id)
        {
            return refusal;
        }

        return ProxyView.IsOurs(ProxyView.Member(network, "Labels")) || await IsOnAsync(id, cancellationToken) ? null : refusal;
    }

    private async Task<bool> IsOnAsync(string network, CancellationToken cancellationToken)
    {
        var filter = Uri.EscapeDataString($$"""{"label":["{{EngineLabels.Self}}"]}""");
        if (await ask($"/containers/json?all=1&filters={filter}", cancellationToken) is not { } answer || ProxyView.Read(answer) is not { ValueKind: JsonValueKind.Array } containers)
        {
            return false;
        }

        return containers.EnumerateArray().Any(container => ProxyView.IsSelf(ProxyView.Member(container, "Labels"))
            && ProxyView.Member(container, "NetworkSettings", "Networks") is { ValueKind: JsonValueKind.Object } networks
            && networks.EnumerateObject().Any(other => ProxyView.Text(ProxyView.Member(other.Value, "NetworkID")) == network));
    }

    // The folders of the host that it mounts.
    private static IEnumerable<string> Sources(JsonElement container) =>
        ProxyView.Member(container, "Mounts") is { ValueKind: JsonValueKind.Array } mounts
            ? mounts.EnumerateArray().Where(mount => ProxyView.Text(ProxyView.Member(mount, "Type")) == "bind").Select(mount => ProxyView.Text(ProxyView.Member(mount, "Source"))).OfType<string>()
            : [];
}
