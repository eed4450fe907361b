using Gateway.Engines;
using Gateway.Management.Lifecycle;
using Xunit;

namespace Gateway.ManagementTests;

/// <summary>Installing, replacing, stopping and removing engines on the real Docker Engine.</summary>
public sealed class LifecycleTests
{
    [DockerFact]
    public async Task Install_OfAnImage_IsReadyAndRoutedTo()
    {
        await using var place = new Workshop();
        var engine = await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));

        Assert.Equal(EngineState.Ready, engine.State);
        Assert.Equal(engine.Address, Assert.Single(Assert.Single(place.Routes.Engines).Addresses));
        Assert.Equal("v1", await Workshop.AskAsync(engine.Address!));
        Assert.StartsWith("sha256:", engine.Digest, StringComparison.Ordinal);
        Assert.Equal(LifecyclePhase.Done, place.Progress[^1].Phase);
        Assert.Equal(place.Progress.Select(report => report.Percent).Order(), place.Progress.Select(report => report.Percent));
    }

    [DockerFact]
    public async Task Install_OfAnEngineThatEnds_SaysWhyAndLeavesNothing()
    {
        await using var place = new Workshop();
        var image = await place.ImageAsync("v1", "broken");

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.InstallAsync(Workshop.Request(image)));

        Assert.Equal(LifecycleReason.NotReady, failure.Reason);
        Assert.Contains("exit code 17", failure.Message, StringComparison.Ordinal);
        Assert.Contains("CUDA error", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await place.ContainersAsync());
        Assert.Empty(await place.Lifecycle.ListAsync(CancellationToken.None));
        Assert.Empty(place.Routes.Engines);
    }

    [DockerFact]
    public async Task Install_OfAnEngineThatIsNeverReady_GivesUpInItsTime()
    {
        await using var place = new Workshop(readyLimit: TimeSpan.FromSeconds(2));
        var image = await place.ImageAsync("v1", "slow");

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.InstallAsync(Workshop.Request(image)));

        Assert.Equal(LifecycleReason.NotReady, failure.Reason);
        Assert.Contains("not ready within 2 s", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await place.ContainersAsync());
    }

    [DockerFact]
    public async Task Install_GivenUp_LeavesNothing()
    {
        await using var place = new Workshop();
        using var given = new CancellationTokenSource();
        var install = place.Lifecycle.InstallAsync(EngineNode.LocalId, Workshop.Request(await place.ImageAsync("v1", "slow")), place.Reports, given.Token);
        await Wait.UntilAsync(async () => (await place.ContainersAsync("running")).Length == 1, "the container to run");

        await given.CancelAsync();

        Assert.Equal(LifecycleReason.Canceled, (await Assert.ThrowsAsync<LifecycleException>(() => install)).Reason);
        Assert.Empty(await place.ContainersAsync());
        Assert.Empty(await place.Lifecycle.ListAsync(CancellationToken.None));
    }

    [DockerFact]
    public async Task Install_WhenTheGatewayCannotRouteToIt_LeavesNothing()
    {
        await using var place = new Workshop();
        place.Routes.Fails = new LifecycleException(LifecycleReason.NameTaken, "No.");

        await Assert.ThrowsAsync<LifecycleException>(async () => await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1"))));

        Assert.Empty(await place.ContainersAsync());
        Assert.Empty(await place.Lifecycle.ListAsync(CancellationToken.None));
    }

    [DockerTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upgrade_ToAnotherImage_ServesTheNewOneAndRollsBackByHand(bool inPlace)
    {
        await using var place = new Workshop();
        var old = await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));

        var upgraded = await place.UpgradeAsync(await place.ImageAsync("v2"), inPlace);

        Assert.Equal("v2", await Workshop.AskAsync(upgraded.Address!));
        Assert.Equal(inPlace, old.Address == upgraded.Address);
        Assert.Equal(old.Digest, upgraded.PreviousDigest);
        Assert.Equal(upgraded.Address, Assert.Single(Assert.Single(place.Routes.Engines).Addresses));
        Assert.Single(await place.ContainersAsync());
        Assert.Equal(inPlace ? 1 : 0, place.Routes.TrafficTo(old.Address!).Holds);
        Assert.False(place.Routes.TrafficTo(old.Address!).Held);

        var back = await place.Lifecycle.RollBackAsync(Workshop.Key("tiny"), place.Reports, CancellationToken.None);

        Assert.Equal("v1", await Workshop.AskAsync(back.Address!));
        Assert.Equal(old.Digest, back.Digest);
        Assert.Single(await place.ContainersAsync());
    }

    [DockerTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upgrade_ToABrokenImage_EndsOnTheOldOne(bool inPlace)
    {
        await using var place = new Workshop();
        var old = await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));
        var broken = await place.ImageAsync("v2", "broken");

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.UpgradeAsync(broken, inPlace));

        Assert.Equal(LifecycleReason.NotReady, failure.Reason);
        Assert.Equal(old.Image, failure.RolledBackTo);
        Assert.Equal("v1", await Workshop.AskAsync(old.Address!));
        Assert.Equal(old.Digest, (await place.ShowAsync()).Digest);
        Assert.Single(await place.ContainersAsync());
        Assert.False(place.Routes.TrafficTo(old.Address!).Held);
    }

    [DockerFact]
    public async Task Upgrade_WhileRequestsRun_RemovesTheOldOneOnlyAfterThem()
    {
        await using var place = new Workshop();
        var old = await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));
        var last = new TaskCompletionSource();
        place.Routes.TrafficTo(old.Address!).Idle = last.Task;

        var upgrade = place.UpgradeAsync(await place.ImageAsync("v2"));
        await Wait.UntilAsync(() => place.Progress[^1].Phase == LifecyclePhase.Draining, "the old version to be drained");

        Assert.Equal("v1", await Workshop.AskAsync(old.Address!));
        Assert.NotEqual(old.Address, Assert.Single(Assert.Single(place.Routes.Engines).Addresses));
        last.SetResult();
        Assert.Equal("v2", await Workshop.AskAsync((await upgrade).Address!));
        Assert.Single(await place.ContainersAsync());
    }

    [DockerFact]
    public async Task Upgrade_ToWhatItIs_ChangesNothing()
    {
        await using var place = new Workshop();
        var image = await place.ImageAsync("v1");
        await place.InstallAsync(Workshop.Request(image));
        var before = await place.ContainersAsync();

        await place.UpgradeAsync(image);

        Assert.Equal(before, await place.ContainersAsync());
    }

    [DockerFact]
    public async Task Upgrade_ToAnImageThatIsNowhere_TouchesNothing()
    {
        await using var place = new Workshop();
        await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));
        var before = await place.ContainersAsync();

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.UpgradeAsync("127.0.0.1:1/nobody/nothing:v9"));

        Assert.Equal(LifecycleReason.RegistryAway, failure.Reason);
        Assert.Equal(before, await place.ContainersAsync());
    }

    [DockerFact]
    public async Task StopAndStart_OfAnEngine_TakeItOutOfRoutingAndBack()
    {
        await using var place = new Workshop();
        var engine = await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));

        var stopped = await place.Lifecycle.StopAsync(engine.Key, place.Reports, CancellationToken.None);
        Assert.True(stopped.Stopped);
        Assert.Empty(place.Routes.Engines);
        Assert.Empty(await place.ContainersAsync("running"));
        await place.ReopenAsync();
        await place.Lifecycle.RecoverAsync(CancellationToken.None);
        Assert.Empty(await place.ContainersAsync("running"));

        var started = await place.Lifecycle.StartAsync(engine.Key, place.Reports, CancellationToken.None);
        Assert.False(started.Stopped);
        Assert.Equal("v1", await Workshop.AskAsync(Assert.Single(place.Routes.Engines).Addresses[0]));
    }

    [DockerFact]
    public async Task Delete_OfAnEngine_LeavesNothingOfIt()
    {
        await using var place = new Workshop();
        var engine = await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));

        await place.Lifecycle.DeleteAsync(engine.Key, place.Reports, CancellationToken.None);

        Assert.Empty(await place.ContainersAsync());
        Assert.Empty(place.Routes.Engines);
        Assert.Empty(await place.Lifecycle.ListAsync(CancellationToken.None));
        Assert.Empty(Directory.GetFiles(Path.Combine(place.Folder, "engines"), "*.json", SearchOption.AllDirectories));
    }

    [DockerFact]
    public async Task Operations_OnOneEngineAtOnce_AreRefused()
    {
        await using var place = new Workshop();
        var engine = await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));
        var last = new TaskCompletionSource();
        place.Routes.TrafficTo(engine.Address!).Idle = last.Task;
        var upgrade = place.UpgradeAsync(await place.ImageAsync("v2"));

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.Lifecycle.DeleteAsync(engine.Key, place.Reports, CancellationToken.None));

        Assert.Equal(LifecycleReason.Busy, failure.Reason);
        last.SetResult();
        await upgrade;
    }

    [DockerFact]
    public async Task Logs_OfAnEngine_AreItsOwnLines()
    {
        await using var place = new Workshop();
        await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));
        var lines = new List<string>();
        await foreach (var line in place.Lifecycle.LogsAsync(Workshop.Key("tiny"), 100, follow: false, CancellationToken.None))
        {
            lines.Add(line);
        }

        Assert.Equal(["tiny engine v1 begins", "listening"], lines);
    }

    [DockerFact]
    public async Task Name_OfABackendOfTheSettings_CannotBeInstalled()
    {
        await using var place = new Workshop();
        place.Routes.Taken.Add("tiny");

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.InstallAsync(Workshop.Request("gateway-test/tiny:v1")));

        Assert.Equal(LifecycleReason.NameTaken, failure.Reason);
    }
}
