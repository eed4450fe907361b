using Xunit;

namespace Gateway.ManagementTests;

/// <summary>Images of versions that nobody can come back to: they go, and all others stay.</summary>
public sealed class ImageSweepTests
{
    [DockerFact]
    public async Task Upgrade_ASecondTime_RemovesTheImageBeforeThePreviousOne()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (v1, first) = await registry.PushAsync("v1", "v1");
        var (v2, second) = await registry.PushAsync("v2", "v2");
        var (v3, third) = await registry.PushAsync("v3", "v3");
        await using var place = new Workshop();
        await place.InstallAsync(Workshop.Request(v1));
        await place.UpgradeAsync(v2);
        Assert.Equal([first, second], await DigestsAsync(registry, first, second, third));

        await place.UpgradeAsync(v3);

        Assert.Equal([second, third], await DigestsAsync(registry, first, second, third));
        Assert.Equal("v2", await Workshop.AskAsync((await place.Lifecycle.RollBackAsync(Workshop.Key("tiny"), place.Reports, CancellationToken.None)).Address!));
        Assert.Equal([second, third], await DigestsAsync(registry, first, second, third));
    }

    [DockerTheory]
    [InlineData("engine")]
    [InlineData("container")]
    [InlineData("tag")]
    public async Task Image_ThatSomethingElseNeeds_Stays(string user)
    {
        await using var registry = await TestRegistry.StartAsync();
        var (v1, first) = await registry.PushAsync("v1", "v1");
        await using var place = new Workshop();
        await place.InstallAsync(Workshop.Request(v1));
        var foreign = "";
        switch (user)
        {
            case "engine":
                await place.InstallAsync(Workshop.Request(v1, "other"));
                break;
            case "container":
                foreign = (await Shell.RunAsync("docker", "create", $"{registry.Name}/tiny@{first}")).Succeeded().Standard;
                break;
            default:
                (await Shell.RunAsync("docker", "pull", "--quiet", v1)).Succeeded();
                break;
        }

        await place.UpgradeAsync((await registry.PushAsync("v2", "v2")).Image);
        await place.UpgradeAsync((await registry.PushAsync("v3", "v3")).Image);

        var still = await Shell.RunAsync("docker", "image", "inspect", user == "tag" ? v1 : $"{registry.Name}/tiny@{first}");
        await Shell.RunAsync("docker", "rm", "--force", foreign);
        Assert.Equal(0, still.Code);
        Assert.Equal("v3", await Workshop.AskAsync((await place.ShowAsync()).Address!));
    }

    /// <summary>Which of these digests the Docker Engine has.</summary>
    private static async Task<string[]> DigestsAsync(TestRegistry registry, params string[] digests)
    {
        var there = (await Shell.RunAsync("docker", "images", "--digests", "--format", "{{.Digest}}", $"{registry.Name}/tiny")).Succeeded().Standard.Split('\n');
        return [.. digests.Where(there.Contains)];
    }
}
