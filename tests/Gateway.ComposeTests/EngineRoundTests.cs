using System.Text.Json;
using Gateway.Engines;
using Xunit;
using Xunit.Abstractions;

namespace Gateway.ComposeTests;

/// <summary>What an operator types for each engine, from its environment file to its end.</summary>
public sealed class EngineRoundTests(ITestOutputHelper output)
{
    public static TheoryData<string> Ids => ContainerEngines.Ids;

    [DockerTheory]
    [MemberData(nameof(Ids))]
    public async Task Up_EachEngine_AnswersAndDownLeavesNothing(string id)
    {
        await using var place = await Running.PrepareAsync(id);

        var up = (await place.MakeAsync("up", $"BACKEND={id}")).Succeeded();
        var running = Running.Of(place);
        await running.WaitForHealthAsync(id);
        await running.WaitForHealthAsync("gateway");
        var tokens = await running.AskAsync(await running.ModelAsync());
        await DescribeAsync(place);
        (await place.MakeAsync("down")).Succeeded();

        Assert.Contains($"Ready: http://127.0.0.1:{place.Port}/v1", up.Output, StringComparison.Ordinal);
        Assert.True(tokens > 0);
        Assert.Equal("", await place.LeftAsync());
    }

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

    private async Task DescribeAsync(Workplace place)
    {
        var container = await place.ContainerAsync("gateway");
        var memory = await place.RunAsync("docker", "exec", container, "sed", "-n", "s/^VmRSS:[[:space:]]*//p", "/proc/1/status");
        var started = await place.InspectAsync("gateway", "{{.State.StartedAt}}");
        var size = await place.InspectAsync("gateway", "{{.Image}}");
        var image = await place.RunAsync("docker", "image", "inspect", "--format", "{{.Size}}", size);
        output.WriteLine($"gateway: {memory.Standard} resident, started {started}, image of {image.Standard} bytes");
    }
}
