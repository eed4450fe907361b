using Xunit;

namespace Gateway.ManagementTests;

/// <summary>
/// The gateway's process is killed before and after each call that changes something on the Docker Engine, and started again: the node is
/// in the old or the new state, serving, and the job says which.
/// </summary>
public sealed class KillTests
{
    /// <summary>More than any operation has; the first that an operation has not ends its test.</summary>
    private const int MostCalls = 12;

    [DockerTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upgrade_KilledAtAnyCall_ServesTheOldOrTheNewVersion(bool inPlace)
    {
        await using var registry = await TestRegistry.StartAsync();
        // An engine on a GPU is replaced in place, as only one of two would fit.
        var build = inPlace ? "-cuda" : "-cpu";
        var images = new Dictionary<string, string> { ["v1"] = (await registry.PushAsync("v1" + build, "v1")).Image, ["v2"] = (await registry.PushAsync("v2" + build, "v2")).Image };
        await using var docker = await CrashPoint.StartAsync(SocketPath());
        await using var gateway = await GatewayProgram.StartAsync(docker.Host);
        var install = await gateway.Admin.RunAsync("/backends/apply", ManagementApiTests.Install(images["v1"]));
        Assert.False(install.TryGetProperty("error", out var error), error.ToString());
        var (serves, ends) = ("v1", new HashSet<string>());
        foreach (var (call, passage) in Points())
        {
            var (old, next) = (serves, serves == "v1" ? "v2" : "v1");
            await ForgetAsync(images[next]);
            docker.Arm(call, passage);
            var job = await gateway.Admin.BeginAsync("/backends/upgrade/tiny", $$"""{"uri":"{{images[next]}}"}""");
            if (!await IsKilledAsync(docker, gateway, job))
            {
                Assert.Equal(next, await gateway.AskAsync());
                Assert.True(call > (inPlace ? 7 : 6), $"It had {call - 1} calls.");
                Assert.Equal(["new", "old"], ends.Order());
                return;
            }

            var told = await gateway.Admin.EndOfAsync(job);
            var where = $"call {call}, {passage}: {told}\n{gateway.Log}";
            await Wait.UntilAsync(async () => (serves = await gateway.AskAsync()) == old || serves == next, $"an answer after {where}");
            Assert.True((serves == old) == told.TryGetProperty("error", out _), $"{serves} serves after {where}");
            var row = (await gateway.Admin.GetAsync("/backends")).EnumerateArray().Single(row => row.GetProperty("Name").GetString() == "tiny");
            Assert.Equal(images[serves], row.GetProperty("RunFile").GetString());
            Assert.True((await gateway.ContainersAsync()).Length == 1, $"Not one container after {where}");
            ends.Add(serves == next ? "new" : "old");
        }

        Assert.Fail("An upgrade has more calls than were tried.");
    }

    [DockerFact]
    public async Task Install_KilledAtAnyCall_LeavesNothingAndSaysSo()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, _) = await registry.PushAsync("v1", "v1");
        await using var docker = await CrashPoint.StartAsync(SocketPath());
        await using var gateway = await GatewayProgram.StartAsync(docker.Host);
        foreach (var (call, passage) in Points())
        {
            await ForgetAsync(image);
            docker.Arm(call, passage);
            var job = await gateway.Admin.BeginAsync("/backends/apply", ManagementApiTests.Install(image));
            if (!await IsKilledAsync(docker, gateway, job))
            {
                Assert.Equal("v1", await gateway.AskAsync());
                Assert.Single(await gateway.ContainersAsync());
                Assert.True(call > 4, $"It had {call - 1} calls.");
                return;
            }

            var told = await gateway.Admin.EndOfAsync(job);
            Assert.Contains("Nothing of it is left", told.GetProperty("error").GetString(), StringComparison.Ordinal);
            Assert.Empty(await gateway.ContainersAsync());
            Assert.DoesNotContain((await gateway.Admin.GetAsync("/backends")).EnumerateArray(), row => row.GetProperty("Name").GetString() == "tiny");
        }

        Assert.Fail("An installation has more calls than were tried.");
    }

    [DockerFact]
    public async Task Install_KilledAndTheDockerEngineGone_IsNotTakenForDone()
    {
        var image = await TinyImages.MakeAsync("v1", "slow");
        var path = SocketPath();
        var docker = await CrashPoint.StartAsync(path);
        await using var gateway = await GatewayProgram.StartAsync(docker.Host);
        var job = await gateway.Admin.BeginAsync("/backends/apply", ManagementApiTests.Install(image));
        await gateway.Admin.ReachAsync(job, "loading");

        await gateway.KillAndStartAsync(async () => await docker.DisposeAsync());

        await Wait.UntilAsync(async () => (await gateway.Admin.GetAsync("/backends/jobs")).TryGetProperty(job, out _), "the job to be known again");
        Assert.Contains("does not answer", (await gateway.Admin.EndOfAsync(job)).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Single(await gateway.ContainersAsync());
        File.Delete(path);
        docker = await CrashPoint.StartAsync(path);
        await Wait.UntilAsync(async () => (await gateway.ContainersAsync()).Length == 0, "what is left to be removed");
        await docker.DisposeAsync();
        await TinyImages.RemoveAsync(image);
    }

    /// <summary>Waits for the armed call, kills the process there and starts another.</summary>
    /// <returns>False where the job ended before that call came.</returns>
    private static async Task<bool> IsKilledAsync(CrashPoint docker, GatewayProgram gateway, string job)
    {
        await Wait.UntilAsync(async () => docker.Dead.IsCompleted || (await gateway.Admin.GetAsync($"/backends/jobs/{job}")).GetProperty("processed").GetBoolean(), "the call or the end");
        if (!docker.Dead.IsCompleted)
        {
            return false;
        }

        await gateway.KillAndStartAsync(() =>
        {
            docker.Disarm();
            return Task.CompletedTask;
        });
        // The new process settles the jobs of the old one once all is in order.
        await Wait.UntilAsync(async () => (await gateway.Admin.GetAsync("/backends/jobs")).TryGetProperty(job, out _), "the job to be known again");
        return true;
    }

    private static IEnumerable<(int Call, Passage Passage)> Points() =>
        from call in Enumerable.Range(1, MostCalls)
        from passage in new[] { Passage.SwallowCall, Passage.SwallowAnswer }
        select (call, passage);

    /// <summary>So that it has to be pulled again.</summary>
    private static async Task ForgetAsync(string image)
    {
        var ids = await Shell.RunAsync("docker", "images", "--quiet", "--no-trunc", image[..image.LastIndexOf(':')]);
        await Task.WhenAll(ids.Standard.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Select(TinyImages.RemoveAsync));
    }

    private static string SocketPath() => Path.Combine(Path.GetTempPath(), $"gw-crash-{Guid.NewGuid():N}.sock");
}
