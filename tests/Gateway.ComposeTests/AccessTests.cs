using System.Text.Json;
using Gateway.Engines;
using Xunit;

namespace Gateway.ComposeTests;

/// <summary>Who may call whom: the engine's key, the clients' keys, and what of a container can be reached or changed.</summary>
public sealed class AccessTests
{
    public static TheoryData<string> Ids => ContainerEngines.Ids;

    // A key that only one of the two knew would be refused.
    [DockerTheory]
    [MemberData(nameof(Ids))]
    public async Task Up_WithAKeyForTheEngine_BothUseIt(string id)
    {
        await using var running = await Running.StartAsync(id, ("BACKEND_API_KEY", "engine-key-$1"));

        Assert.True(await running.AskAsync(await running.ModelAsync()) > 0);
        var takesKeys = EngineCatalog.Find(id)!.Auth.Header is not null;
        var settings = await running.Place.InspectAsync(id, "{{json .Config.Env}}{{json .Config.Cmd}}");
        Assert.Equal(takesKeys, settings.Contains("engine-key-$1", StringComparison.Ordinal));
    }

    [DockerFact]
    public async Task Gateway_InItsContainer_IsKeptInItsBounds()
    {
        await using var running = await Running.StartAsync("llamacpp");
        var place = running.Place;

        Assert.Equal("true 1654 [ALL]", await place.InspectAsync("gateway", "{{.HostConfig.ReadonlyRootfs}} {{.Config.User}} {{.HostConfig.CapDrop}}"));
        var container = await place.ContainerAsync("gateway");
        Assert.NotEqual(0, (await place.RunAsync("docker", "exec", container, "touch", "/app/new")).Code);
        var ports = JsonDocument.Parse(await place.InspectAsync("llamacpp", "{{json .NetworkSettings.Ports}}")).RootElement;
        Assert.All(ports.EnumerateObject(), port => Assert.Equal(JsonValueKind.Null, port.Value.ValueKind));
        using var anonymous = new HttpClient();
        using var refused = await anonymous.GetAsync(new Uri($"http://127.0.0.1:{place.Port}/v1/models"));
        Assert.Equal(401, (int)refused.StatusCode);
    }
}
