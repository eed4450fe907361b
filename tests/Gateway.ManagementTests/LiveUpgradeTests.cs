using Gateway.Management.Lifecycle;
using Xunit;

namespace Gateway.ManagementTests;

/// <summary>Engines that come, change and go behind a gateway that answers all the while.</summary>
public sealed class LiveUpgradeTests
{
    [DockerFact]
    public async Task Engine_Installed_AnswersAtOnceAndAfterARestart()
    {
        await using var gateway = await ManagedGateway.StartAsync();
        await gateway.InstallAsync(await gateway.ImageAsync("v1"));
        Assert.Equal("v1", await gateway.AskAsync());

        await gateway.RestartAsync();

        // Until every backend has listed its models, a name may be taken for another backend's.
        await Wait.UntilAsync(async () => await gateway.AskAsync() == "v1", "the engine to answer after the restart");
    }

    [DockerTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upgrade_WhileAStreamRuns_EndsTheStreamOnTheOldVersion(bool inPlace)
    {
        await using var gateway = await ManagedGateway.StartAsync();
        await gateway.InstallAsync(await gateway.ImageAsync("v1"));
        var v2 = await gateway.ImageAsync("v2", "late");
        var begun = new TaskCompletionSource();
        var stream = gateway.StreamAsync(25, begun);
        await begun.Task;
        using var end = new CancellationTokenSource();
        var others = gateway.KeepAskingAsync(end.Token);

        var upgraded = await gateway.UpgradeAsync(v2, inPlace);

        var text = await stream;
        Assert.Equal(25, text.Split("v1 ").Length - 1);
        Assert.EndsWith("data: [DONE]", text.Trim(), StringComparison.Ordinal);
        Assert.Equal("v2", await gateway.AskAsync());
        await end.CancelAsync();
        Assert.Equal(["v1", "v2"], (await others).Order());
        Assert.EndsWith(upgraded.Image.Split(':')[^1], v2, StringComparison.Ordinal);
    }

    [DockerTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upgrade_ToABrokenImage_IsNoticedByNobodyWhoAsks(bool inPlace)
    {
        await using var gateway = await ManagedGateway.StartAsync();
        await gateway.InstallAsync(await gateway.ImageAsync("v1"));
        var broken = await gateway.ImageAsync("v2", "broken");
        var begun = new TaskCompletionSource();
        var stream = gateway.StreamAsync(15, begun);
        await begun.Task;
        using var end = new CancellationTokenSource();
        var others = gateway.KeepAskingAsync(end.Token);

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => gateway.UpgradeAsync(broken, inPlace));

        Assert.NotNull(failure.RolledBackTo);
        Assert.Equal("v1", await gateway.AskAsync());
        await end.CancelAsync();
        Assert.Equal(["v1"], await others);
        Assert.EndsWith("data: [DONE]", (await stream).Trim(), StringComparison.Ordinal);
    }

    [DockerFact]
    public async Task Engine_Deleted_IsUnknownAfterwards()
    {
        await using var gateway = await ManagedGateway.StartAsync();
        await gateway.InstallAsync(await gateway.ImageAsync("v1"));

        await gateway.Lifecycle.DeleteAsync(Workshop.Key("tiny"), new Progress<LifecycleProgress>(), CancellationToken.None);

        Assert.StartsWith("404", await gateway.AskAsync(), StringComparison.Ordinal);
    }

    [DockerFact]
    public async Task Name_OfTheSettings_IsRefused()
    {
        await using var gateway = await ManagedGateway.StartAsync();
        var image = await gateway.ImageAsync("v1");

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => gateway.Lifecycle.InstallAsync(
            EngineNode.LocalId, Workshop.Request(image, "demo"), new Progress<LifecycleProgress>(), CancellationToken.None));

        Assert.Equal(LifecycleReason.NameTaken, failure.Reason);
    }
}
