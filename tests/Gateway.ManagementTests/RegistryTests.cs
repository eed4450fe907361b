using Gateway.Engines;
using Gateway.Management.Lifecycle;
using Xunit;

namespace Gateway.ManagementTests;

/// <summary>Images that come from a registry, and registries that have them not, not whole, or not any more.</summary>
public sealed class RegistryTests
{
    [DockerFact]
    public async Task Install_FromARegistry_TellsItsProgressAndKeepsTheDigest()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, digest) = await registry.PushAsync("v1", "v1", ballastMegabytes: 8);
        await using var place = new Workshop();

        var engine = await place.InstallAsync(Workshop.Request(image) with { Digest = digest });

        Assert.Equal(digest, engine.Digest);
        Assert.Equal("v1", await Workshop.AskAsync(engine.Address!));
        Assert.Contains(place.Progress, report => report is { Phase: LifecyclePhase.Pulling, Bytes: > 0, TotalBytes: > 0 });
        Assert.Equal(digest, await place.Lifecycle.RegistryDigestAsync(EngineNode.LocalId, image, CancellationToken.None));
    }

    [DockerFact]
    public async Task RegistryDigest_AfterANewPush_IsAnotherThanTheInstalledOne()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, first) = await registry.PushAsync("latest", "v1");
        await using var place = new Workshop();
        await place.InstallAsync(Workshop.Request(image));

        var (_, second) = await registry.PushAsync("latest", "v2");

        Assert.NotEqual(first, second);
        Assert.Equal(second, await place.Lifecycle.RegistryDigestAsync(EngineNode.LocalId, image, CancellationToken.None));
        var upgraded = await place.UpgradeAsync(image);
        Assert.Equal("v2", await Workshop.AskAsync(upgraded.Address!));
        var back = await place.Lifecycle.RollBackAsync(Workshop.Key("tiny"), place.Reports, CancellationToken.None);
        Assert.Equal(first, back.Digest);
        Assert.Equal("v1", await Workshop.AskAsync(back.Address!));
    }

    [DockerFact]
    public async Task Install_OfATagThatIsNotThere_SaysSo()
    {
        await using var registry = await TestRegistry.StartAsync();
        await using var place = new Workshop();

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.InstallAsync(Workshop.Request($"{registry.Name}/tiny:nowhere")));

        Assert.Equal(LifecycleReason.ImageNotFound, failure.Reason);
        Assert.Contains("tiny:nowhere", failure.Message, StringComparison.Ordinal);
    }

    [DockerFact]
    public async Task Install_OfAnotherImageThanThePinned_IsRefusedBeforeAnythingIsPulled()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, _) = await registry.PushAsync("v1", "v1");
        await using var place = new Workshop();

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.InstallAsync(Workshop.Request(image) with { Digest = "sha256:" + new string('0', 64) }));

        Assert.Equal(LifecycleReason.DigestMismatch, failure.Reason);
        Assert.Equal(0, registry.LayerReads);
        Assert.Empty(await place.ContainersAsync());
    }

    [DockerFact]
    public async Task Upgrade_WhosePullBreaksInTheMiddleOfALayer_LeavesTheOldVersion()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (v1, _) = await registry.PushAsync("v1", "v1");
        var (v2, _) = await registry.PushAsync("v2", "v2", ballastMegabytes: 4);
        await using var proxy = await DockerProxy.StartAsync();
        await using var place = new Workshop(proxy.Host);
        var engine = await place.InstallAsync(Workshop.Request(v1));
        proxy.Rule = (_, path) => path == "/images/create" ? Passage.CutAnswer : Passage.Pass;

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.UpgradeAsync(v2));

        // It depends on how much of the answer had come.
        Assert.True(failure.Reason is LifecycleReason.PullBroken or LifecycleReason.DaemonAway, $"{failure.Reason}: {failure.Message}");
        Assert.Equal(engine.Digest, (await place.ShowAsync()).Digest);
        Assert.Equal("v1", await Workshop.AskAsync(engine.Address!));
        proxy.Rule = (_, _) => Passage.Pass;
        Assert.Equal("v2", await Workshop.AskAsync((await place.UpgradeAsync(v2)).Address!));
    }

    [DockerFact]
    public async Task Install_OfALayerThatIsNotWhatItsDigestSays_Fails()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, _) = await registry.PushAsync("v1", "v1", ballastMegabytes: 1);
        await using var place = new Workshop();
        registry.Lies = true;

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.InstallAsync(Workshop.Request(image)));

        Assert.True(failure.Reason is LifecycleReason.PullBroken or LifecycleReason.DigestMismatch, $"{failure.Reason}: {failure.Message}");
        Assert.Empty(await place.ContainersAsync());
    }

    [DockerFact]
    public async Task Engine_WhoseRegistryIsGone_IsStartedAndRolledBackAllTheSame()
    {
        var registry = await TestRegistry.StartAsync();
        var (v1, _) = await registry.PushAsync("v1", "v1");
        var (v2, _) = await registry.PushAsync("v2", "v2");
        await using var place = new Workshop();
        await place.InstallAsync(Workshop.Request(v1));
        await place.UpgradeAsync(v2);
        registry.Status = 503;

        var back = await place.Lifecycle.RollBackAsync(Workshop.Key("tiny"), place.Reports, CancellationToken.None);

        Assert.Equal("v1", await Workshop.AskAsync(back.Address!));
        await registry.DisposeAsync();
    }

    [DockerFact]
    public async Task Node_ThatIsAway_IsReportedAndItsEnginesAreUnreachable()
    {
        await using var proxy = await DockerProxy.StartAsync();
        await using var place = new Workshop(proxy.Host);
        await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));
        Assert.True((await place.Lifecycle.ReportAsync(EngineNode.LocalId, CancellationToken.None)).Reachable);

        await proxy.DisposeAsync();

        var report = await place.Lifecycle.ReportAsync(EngineNode.LocalId, CancellationToken.None);
        Assert.False(report.Reachable);
        Assert.Contains("No Docker Engine answers", report.Reason, StringComparison.Ordinal);
        Assert.Equal(EngineState.Unreachable, (await place.ShowAsync()).State);
        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.InstallAsync(Workshop.Request("some/image:1", "other")));
        Assert.Equal(LifecycleReason.DaemonAway, failure.Reason);
    }

    [DockerFact]
    public async Task Call_ThatASocketProxyRefuses_IsDenied()
    {
        await using var proxy = await DockerProxy.StartAsync();
        proxy.Rule = (method, _) => method == "GET" ? Passage.Pass : Passage.Deny;
        await using var place = new Workshop(proxy.Host);

        var failure = await Assert.ThrowsAsync<LifecycleException>(async () => await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1"))));

        Assert.Equal(LifecycleReason.Denied, failure.Reason);
    }

    [DockerFact]
    public async Task Disk_ThatIsFullInTheMiddleOfAnUpgrade_IsNamedAndTheOldVersionServes()
    {
        await using var proxy = await DockerProxy.StartAsync();
        await using var place = new Workshop(proxy.Host);
        var engine = await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));
        var v2 = await place.ImageAsync("v2");
        proxy.Rule = (_, path) => path.EndsWith("/create", StringComparison.Ordinal) ? Passage.DiskFull : Passage.Pass;

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.UpgradeAsync(v2, inPlace: true));

        Assert.Equal(LifecycleReason.DiskFull, failure.Reason);
        Assert.Equal("v1", await Workshop.AskAsync(engine.Address!));
    }

    [DockerFact]
    public async Task Socket_ThatIsNotThere_IsAway()
    {
        await using var place = new Workshop("unix:///nowhere/docker.sock");

        var report = await place.Lifecycle.ReportAsync(EngineNode.LocalId, CancellationToken.None);

        Assert.False(report.Reachable);
        Assert.Contains("/nowhere/docker.sock", report.Reason, StringComparison.Ordinal);
    }
}
