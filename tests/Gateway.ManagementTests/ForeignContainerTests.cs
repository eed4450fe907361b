using Gateway.Management.Lifecycle;
using Xunit;

namespace Gateway.ManagementTests;

/// <summary>Containers that are not ours stay as they are, whatever their names and labels are.</summary>
public sealed class ForeignContainerTests
{
    [DockerFact]
    public async Task Containers_OfOthers_AreTheSameAfterEveryOperation()
    {
        await using var place = new Workshop();
        var image = await place.ImageAsync("v1");
        await using var foreign = await Foreign.StartAsync(image);
        var before = await foreign.InspectAsync();

        var engine = await place.InstallAsync(Workshop.Request(image));
        await place.UpgradeAsync(await place.ImageAsync("v2"));
        await Assert.ThrowsAsync<LifecycleException>(async () => await place.UpgradeAsync(await place.ImageAsync("v3", "broken"), inPlace: true));
        await place.Lifecycle.StopAsync(engine.Key, place.Reports, CancellationToken.None);
        await place.ReopenAsync();
        await place.Lifecycle.RecoverAsync(CancellationToken.None);
        await place.Lifecycle.DeleteAsync(engine.Key, place.Reports, CancellationToken.None);

        Assert.Equal(before, await foreign.InspectAsync());
    }

    [DockerTheory]
    [InlineData("stop")]
    [InlineData("start")]
    [InlineData("delete")]
    public async Task Container_WhoseNameIsOursButNotItsLabel_IsRefused(string operation)
    {
        await using var place = new Workshop();
        var image = await place.ImageAsync("v1");
        var engine = await place.InstallAsync(Workshop.Request(image));
        var name = Assert.Single(await place.ContainersAsync());
        (await Shell.RunAsync("docker", "rm", "--force", name)).Succeeded();
        await using var foreign = await Foreign.StartAsync(image, name);
        var before = await foreign.InspectAsync();

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => operation switch
        {
            "stop" => place.Lifecycle.StopAsync(engine.Key, place.Reports, CancellationToken.None),
            "start" => place.Lifecycle.StartAsync(engine.Key, place.Reports, CancellationToken.None),
            _ => place.Lifecycle.DeleteAsync(engine.Key, place.Reports, CancellationToken.None),
        });

        Assert.True(failure.Reason is LifecycleReason.NotOurs or LifecycleReason.NameTaken, failure.Message);
        Assert.Equal(before, await foreign.InspectAsync());
    }

    [DockerFact]
    public async Task Container_OfAnotherGateway_IsNotListedAndNotTouched()
    {
        await using var one = new Workshop();
        await using var other = new Workshop();
        var image = await one.ImageAsync("v1");
        var engine = await one.InstallAsync(Workshop.Request(image));

        Assert.Empty(await other.Lifecycle.ListAsync(CancellationToken.None));
        await other.InstallAsync(Workshop.Request(image));
        await other.Lifecycle.DeleteAsync(engine.Key, other.Reports, CancellationToken.None);

        Assert.Equal("v1", await Workshop.AskAsync(engine.Address!));
    }

    /// <summary>Somebody else's containers: one without labels, one of a compose project, one that another gateway might have made.</summary>
    private sealed class Foreign : IAsyncDisposable
    {
        private readonly List<string> _ids = [];

        public static async Task<Foreign> StartAsync(string image, string? name = null)
        {
            var foreign = new Foreign();
            string[][] options = name is not null ? [["--name", name]] : [[], ["--label", "com.docker.compose.project=other"], ["--label", $"{EngineLabels.Managed}=somebody-else"]];
            foreach (var words in options)
            {
                foreign._ids.Add((await Shell.RunAsync(["docker", "run", "--detach", .. words, image])).Succeeded().Standard);
            }

            return foreign;
        }

        public async Task<string> InspectAsync() => (await Shell.RunAsync(["docker", "inspect", .. _ids])).Succeeded().Standard;

        public async ValueTask DisposeAsync() => await Shell.RunAsync(["docker", "rm", "--force", .. _ids]);
    }
}
