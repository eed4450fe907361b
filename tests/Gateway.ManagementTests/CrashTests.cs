using Gateway.Engines;
using Xunit;

namespace Gateway.ManagementTests;

/// <summary>
/// The process ends before or after each call that changes something on the Docker Engine. What it leaves is brought by the next
/// process to the old or the new state, serving, and nothing else is left.
/// </summary>
public sealed class CrashTests
{
    /// <summary>More than any operation has; those that it has not are tried in vain.</summary>
    private const int MostCalls = 12;

    [DockerTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upgrade_EndedAtAnyCall_EndsInTheOldOrTheNewState(bool inPlace)
    {
        await using var registry = await TestRegistry.StartAsync();
        var (v1, _) = await registry.PushAsync("v1", "v1");
        var (v2, _) = await registry.PushAsync("v2", "v2");
        var ends = new HashSet<string>();
        for (var call = 1; call <= MostCalls; call++)
        {
            foreach (var passage in new[] { Passage.SwallowCall, Passage.SwallowAnswer })
            {
                await using var place = new Workshop(await CrashPoint.StartAsync());
                await place.InstallAsync(Workshop.Request(v1));
                place.Crash!.Arm(call, passage);
                var upgrade = place.UpgradeAsync(v2, inPlace);
                if (await Task.WhenAny(upgrade, place.Crash.Dead) == upgrade)
                {
                    await upgrade;
                    Assert.Equal(["v1", "v2"], ends.Order());
                    return;
                }

                place.Restart(upgrade);
                await place.Lifecycle.RecoverAsync(CancellationToken.None);

                var engine = await place.ShowAsync();
                var serves = Assert.Single(Assert.Single(place.Routes.Engines).Addresses);
                Assert.Equal(engine.Address, serves);
                await Wait.UntilAsync(() => Workshop.AnswersAsync(serves), $"an answer after call {call} was lost ({passage})");
                var version = await Workshop.AskAsync(serves);
                Assert.EndsWith(":" + version, engine.Image, StringComparison.Ordinal);
                Assert.Single(await place.ContainersAsync());
                ends.Add(version);
            }
        }

        Assert.Fail("An upgrade has more calls than were tried.");
    }

    [DockerFact]
    public async Task Install_EndedAtAnyCall_LeavesNothing()
    {
        var image = await TinyImages.MakeAsync("v1");
        for (var call = 1; call <= MostCalls; call++)
        {
            foreach (var passage in new[] { Passage.SwallowCall, Passage.SwallowAnswer })
            {
                await using var place = new Workshop(await CrashPoint.StartAsync());
                place.Crash!.Arm(call, passage);
                var install = place.InstallAsync(Workshop.Request(image));
                if (await Task.WhenAny(install, place.Crash.Dead) == install)
                {
                    await install;
                    await TinyImages.RemoveAsync(image);
                    Assert.True(call > 2, "Nothing was tried.");
                    return;
                }

                place.Restart(install);
                await place.Lifecycle.RecoverAsync(CancellationToken.None);

                Assert.Empty(await place.ContainersAsync());
                Assert.Empty(await place.Lifecycle.ListAsync(CancellationToken.None));
            }
        }

        Assert.Fail("An installation has more calls than were tried.");
    }

    [DockerFact]
    public async Task Delete_EndedAtAnyCall_IsFinished()
    {
        var image = await TinyImages.MakeAsync("v1");
        for (var call = 1; call <= MostCalls; call++)
        {
            foreach (var passage in new[] { Passage.SwallowCall, Passage.SwallowAnswer })
            {
                await using var place = new Workshop(await CrashPoint.StartAsync());
                var engine = await place.InstallAsync(Workshop.Request(image));
                place.Crash!.Arm(call, passage);
                var delete = place.Lifecycle.DeleteAsync(engine.Key, place.Reports, CancellationToken.None);
                if (await Task.WhenAny(delete, place.Crash.Dead) == delete)
                {
                    await delete;
                    await TinyImages.RemoveAsync(image);
                    Assert.True(call > 1, "Nothing was tried.");
                    return;
                }

                place.Restart(delete);
                await place.Lifecycle.RecoverAsync(CancellationToken.None);

                Assert.Empty(await place.ContainersAsync());
                Assert.Empty(await place.Lifecycle.ListAsync(CancellationToken.None));
                Assert.Empty(place.Routes.Engines);
            }
        }

        Assert.Fail("A deletion has more calls than were tried.");
    }

    [DockerFact]
    public async Task Containers_RemovedByOthers_AreMadeAgainAtTheStart()
    {
        await using var place = new Workshop();
        var engine = await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));
        (await Shell.RunAsync(["docker", "rm", "--force", .. await place.ContainersAsync()])).Succeeded();
        Assert.Equal(EngineState.Absent, (await place.ShowAsync()).State);

        await place.ReopenAsync();
        await place.Lifecycle.RecoverAsync(CancellationToken.None);

        await Wait.UntilAsync(() => Workshop.AnswersAsync(engine.Address!), "the engine to answer again");
    }
}
