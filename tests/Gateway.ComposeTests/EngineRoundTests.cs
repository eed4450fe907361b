using Gateway.Engines;
using Gateway.Generator.Compose;
using Xunit;
using Xunit.Abstractions;

namespace Gateway.ComposeTests;

/// <summary>What an operator types for each engine, from its environment file to its end.</summary>
public sealed class EngineRoundTests(ITestOutputHelper output)
{
    public static TheoryData<string> Ids => ContainerEngines.Ids;

    /// <summary>The engines that are set up by flags; the others take variables, which nothing refuses.</summary>
    public static TheoryData<string> IdsWithFlags => [.. EngineCatalog.All
        .Where(engine => engine.Deployment.Container is not null && engine.Deployment.Options.Any(ComposeArguments.IsFlag)).Select(engine => engine.Id)];

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

    // Without this a compose file with a misspelt flag would pass every other test.
    [DockerTheory]
    [MemberData(nameof(IdsWithFlags))]
    public async Task Image_FlagThatTheEngineDoesNotKnow_IsRefused(string id)
    {
        DockerSetup.MakeFakeEngines();
        await using var place = new Workplace();
        place.Set(ContainerEngines.OnCpu(id));
        var image = (await place.ConfigAsync(id)).GetProperty("services").GetProperty(id).GetProperty("image").GetString()!;

        var run = await place.RunAsync("docker", "run", "--rm", "--network", "none", image, "--no-such-flag", "1");

        Assert.NotEqual(0, run.Code);
        Assert.Contains("--no-such-flag", run.Output, StringComparison.Ordinal);
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
