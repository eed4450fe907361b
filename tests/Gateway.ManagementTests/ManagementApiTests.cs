using System.Text.Json;
using Xunit;

namespace Gateway.ManagementTests;

/// <summary>What an operator does by the management API: a real Docker Engine, a registry, and a gateway that answers chats.</summary>
public sealed class ManagementApiTests
{
    [DockerFact]
    public async Task Operator_InstallsUpgradesRollsBackAndDeletes()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, first) = await registry.PushAsync("stable", "v1", ballastMegabytes: 4);
        await using var gateway = await ManagedGateway.StartAsync();
        using var admin = new Operator(gateway);

        var installed = await admin.RunAsync("/backends/apply", Install(image));
        Assert.False(installed.TryGetProperty("error", out var error), error.ToString());
        Assert.Equal("v1", await gateway.AskAsync());
        Assert.Equal(first, Row(await admin.GetAsync("/backends")).GetProperty("Metadata").GetProperty("digest").GetString());

        var (_, second) = await registry.PushAsync("stable", "v2");
        await admin.PostAsync("/backends/upgrades/check");
        JsonElement upgrades = default;
        await Wait.UntilAsync(async () => (upgrades = await admin.GetAsync("/backends/upgrades")).TryGetProperty("tiny", out _), "the upgrade to be found");
        Assert.Equal(second, upgrades.GetProperty("tiny").GetProperty("available_digest").GetString());
        await admin.RunAsync("/backends/upgrade/tiny");
        Assert.Equal("v2", await gateway.AskAsync());

        await admin.RunAsync("/backends/rollback/tiny");
        Assert.Equal("v1", await gateway.AskAsync());
        await admin.RunAsync("/backends/stop/tiny");
        Assert.True(Row(await admin.GetAsync("/backends")).GetProperty("stopped").GetBoolean());
        await admin.RunAsync("/backends/start/tiny");
        Assert.Equal("v1", await gateway.AskAsync());
        Assert.NotEmpty(await admin.TextAsync("/backends/tiny/logs?tail=20"));

        Assert.True((await admin.RunAsync("/backends/delete/tiny")).GetProperty("deletion").GetBoolean());
        Assert.DoesNotContain((await admin.GetAsync("/backends")).EnumerateArray(), row => row.GetProperty("Name").GetString() == "tiny");
        var done = (await admin.GetAsync("/api/audit")).EnumerateArray().Where(entry => entry.GetProperty("outcome").GetString() == "done").Select(entry => entry.GetProperty("what").GetString());
        Assert.Equal(["delete", "start", "stop", "rollback", "upgrade", "install"], done);
    }

    [DockerFact]
    public async Task Upgrade_ToABrokenImage_SaysSoAndTheOldOneServes()
    {
        await using var gateway = await ManagedGateway.StartAsync();
        using var admin = new Operator(gateway);
        await admin.RunAsync("/backends/apply", Install(await gateway.ImageAsync("v1")));
        var broken = await gateway.ImageAsync("v2", "broken");

        var job = await admin.RunAsync("/backends/upgrade/tiny", $$"""{"uri":"{{broken}}"}""");

        Assert.Contains("is serving again", job.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("v1", await gateway.AskAsync());
        var entry = (await admin.GetAsync("/api/audit"))[0];
        Assert.Equal("failed", entry.GetProperty("outcome").GetString());
        Assert.Equal(entry.GetProperty("before").ToString(), entry.GetProperty("after").ToString());
    }

    [DockerFact]
    public async Task Install_GivenUp_LeavesNothing()
    {
        await using var gateway = await ManagedGateway.StartAsync();
        using var admin = new Operator(gateway);
        var id = await admin.BeginAsync("/backends/apply", Install(await gateway.ImageAsync("v1", "slow")));
        await admin.ReachAsync(id, "loading");

        await admin.PostAsync($"/api/operations/{id}/cancel");

        Assert.True((await admin.EndOfAsync(id)).GetProperty("cancelled").GetBoolean());
        Assert.DoesNotContain((await admin.GetAsync("/backends")).EnumerateArray(), row => row.GetProperty("Name").GetString() == "tiny");
    }

    [DockerFact]
    public async Task Restart_InTheMiddleOfAnInstall_TheJobIsFoundAgain()
    {
        await using var gateway = await ManagedGateway.StartAsync();
        string id;
        using (var before = new Operator(gateway))
        {
            id = await before.BeginAsync("/backends/apply", Install(await gateway.ImageAsync("v1", "slow")));
            await before.ReachAsync(id, "loading");
        }

        await gateway.RestartAsync();

        using var after = new Operator(gateway);
        await Wait.UntilAsync(async () => (await after.GetAsync("/backends/jobs")).TryGetProperty(id, out _), "the job to be there again");
        var job = await after.EndOfAsync(id);
        var there = (await after.GetAsync("/backends")).EnumerateArray().Any(row => row.GetProperty("Name").GetString() == "tiny");
        Assert.Equal(there, !job.TryGetProperty("error", out _));
    }

    [DockerFact]
    public async Task Gallery_WithADigestThatIsNotTheImages_IsRefused()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, _) = await registry.PushAsync("v1", "v1");
        using var folder = new TemporaryFolder();
        var list = folder.Write("gallery.yaml", $"- {{name: pinned, kind: {Workshop.Kind}, uri: '{image}', sha256: {new string('a', 64)}}}\n- {{name: bad}}\n");
        await using var gateway = await ManagedGateway.StartAsync(("GATEWAY_BACKEND_GALLERIES", list));
        using var admin = new Operator(gateway);

        var job = await admin.RunAsync("/backends/apply", """{"id":"pinned","model":"tiny"}""");

        Assert.Contains("sha256:", job.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.StartsWith($"{list}:2:", (await admin.GetAsync("/backends/galleries"))[0].GetProperty("faults")[0].GetString(), StringComparison.Ordinal);
    }

    [DockerFact]
    public async Task ExternalBackends_AtTheStart_AreInstalled()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, _) = await registry.PushAsync("v1", "v1");
        using var folder = new TemporaryFolder();
        var list = folder.Write("gallery.yaml", $"- {{name: tiny, kind: {Workshop.Kind}, uri: '{image}'}}\n");

        await using var gateway = await ManagedGateway.StartAsync(("GATEWAY_BACKEND_GALLERIES", list), ("GATEWAY_EXTERNAL_BACKENDS", "tiny=tiny"));

        await Wait.UntilAsync(async () => await gateway.AskAsync() == "v1", "the engine to answer");
    }

    internal static string Install(string image) => $$"""{"id":"{{image}}","name":"tiny","kind":"{{Workshop.Kind}}","model":"tiny"}""";

    private static JsonElement Row(JsonElement rows) => rows.EnumerateArray().Single(row => row.GetProperty("Name").GetString() == "tiny");
}
