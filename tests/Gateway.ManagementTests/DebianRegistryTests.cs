using System.Text.Json;
using Gateway.Management.Lifecycle;
using Xunit;

namespace Gateway.ManagementTests;

/// <summary>What an operator does where images come from a registry as others run it.</summary>
public sealed class DebianRegistryTests
{
    private const int Ballast = 8;

    [RegistryFact]
    public async Task Operator_InstallsSeesANewDigestUpgradesAndRollsBack()
    {
        await using var registry = await DebianRegistry.StartAsync();
        var (image, first) = await registry.PushAsync("stable", "v1", Ballast);
        await using var gateway = await ManagedGateway.StartAsync();
        using var admin = new Operator(gateway);

        var installed = await admin.RunAsync("/backends/apply", ManagementApiTests.Install(image));

        Assert.False(installed.TryGetProperty("error", out var error), error.ToString());
        Assert.True(installed.GetProperty("total_bytes").GetInt64() > Ballast << 20, installed.ToString());
        Assert.Equal(installed.GetProperty("total_bytes").GetInt64(), installed.GetProperty("current_bytes").GetInt64());
        Assert.Equal("v1", await gateway.AskAsync());
        Assert.Equal(first, await DigestAsync(admin));

        var (_, second) = await registry.PushAsync("stable", "v2");
        await admin.PostAsync("/backends/upgrades/check");
        JsonElement upgrades = default;
        await Wait.UntilAsync(async () => (upgrades = await admin.GetAsync("/backends/upgrades")).TryGetProperty("tiny", out _), "the upgrade to be found");
        Assert.Equal((first, second), (upgrades.GetProperty("tiny").GetProperty("installed_digest").GetString(), upgrades.GetProperty("tiny").GetProperty("available_digest").GetString()));

        await admin.RunAsync("/backends/upgrade/tiny");
        Assert.Equal(("v2", second), (await gateway.AskAsync(), await DigestAsync(admin)));
        await admin.RunAsync("/backends/rollback/tiny");
        Assert.Equal(("v1", first), (await gateway.AskAsync(), await DigestAsync(admin)));
    }

    [RegistryFact]
    public async Task Upgrade_ToATagOrDigestThatIsNotThere_IsRefusedAndTheOldVersionServes()
    {
        await using var registry = await DebianRegistry.StartAsync();
        var (image, digest) = await registry.PushAsync("v1", "v1");
        await using var place = new Workshop();
        var engine = await place.InstallAsync(Workshop.Request(image) with { Digest = digest });

        var tag = await Assert.ThrowsAsync<LifecycleException>(() => place.UpgradeAsync($"{registry.Name}/tiny:v9"));
        var named = await Assert.ThrowsAsync<LifecycleException>(() => place.UpgradeAsync($"{registry.Name}/tiny@sha256:{new string('0', 64)}"));
        await registry.PushAsync("v1", "v2");
        var pinned = await Assert.ThrowsAsync<LifecycleException>(() => place.UpgradeAsync(image));

        Assert.Equal((LifecycleReason.ImageNotFound, LifecycleReason.ImageNotFound, LifecycleReason.DigestMismatch), (tag.Reason, named.Reason, pinned.Reason));
        Assert.Contains("tiny:v9", tag.Message, StringComparison.Ordinal);
        Assert.Contains(digest, pinned.Message, StringComparison.Ordinal);
        Assert.Equal("v1", await Workshop.AskAsync(engine.Address!));
        Assert.Single(await place.ContainersAsync());
    }

    [RegistryFact]
    public async Task Registry_ThatWantsALogin_GetsThatOfTheSettingsAndNobodyElseSeesIt()
    {
        await using var registry = await DebianRegistry.StartAsync(login: true);
        var (image, digest) = await registry.PushAsync("v1", "v1");
        using var folder = new TemporaryFolder();
        var logins = folder.Write("config.json", "{}");
        await using var gateway = await GatewayProgram.StartAsync(DockerSetup.Host, ("GATEWAY_REGISTRY_AUTH_FILE", logins));
        var install = ManagementApiTests.Install(image);

        var without = await gateway.Admin.RunAsync("/backends/apply", install);
        await DebianRegistry.WriteLoginAsync(logins, registry.Name, "wrong-93ac");
        var wrong = await gateway.Admin.RunAsync("/backends/apply", install);
        File.Copy(registry.Logins, logins, overwrite: true);
        var right = await gateway.Admin.RunAsync("/backends/apply", install);

        Assert.Contains($"requires a login: add one for {registry.Name} to the file of GATEWAY_REGISTRY_AUTH_FILE", without.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains($"refuses the login that GATEWAY_REGISTRY_AUTH_FILE has for {registry.Name}", wrong.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.False(right.TryGetProperty("error", out var error), error.ToString());
        await Wait.UntilAsync(async () => await gateway.AskAsync() == "v1", "the engine to answer");
        Assert.Equal(digest, await DigestAsync(gateway.Admin));
        var told = string.Concat([without, wrong, right, await gateway.Admin.GetAsync("/backends"), await gateway.Admin.GetAsync("/backends/jobs"), await gateway.Admin.GetAsync("/api/audit"), gateway.Log, .. gateway.Kept()]);
        foreach (var secret in (string[])[DebianRegistry.Password, "wrong-93ac", Base64(DebianRegistry.Password), Base64("wrong-93ac")])
        {
            Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
        }
    }

    [RegistryFact]
    public async Task Registry_ThatGoesInTheMiddleOfALayer_LeavesTheOldVersionAndNothingElse()
    {
        await using var registry = await DebianRegistry.StartAsync();
        await registry.PushAsync("v1", "v1");
        await registry.PushAsync("v2", "v2", Ballast);
        await using var wire = Relay.Start(registry.Name);
        // The machine's own tries five times, with longer and longer pauses.
        await using var docker = await SecondEngine.StartAsync("--max-download-attempts", "1");
        await using var place = new Workshop(docker.Address);
        var engine = await place.InstallAsync(Workshop.Request($"{wire.Name}/tiny:v1"));
        wire.CutAfter(2 << 20);

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => place.UpgradeAsync($"{wire.Name}/tiny:v2"));

        Assert.True(wire.IsCut);
        Assert.True(failure.Reason is LifecycleReason.PullBroken or LifecycleReason.RegistryAway, $"{failure.Reason}: {failure.Message}");
        Assert.Equal(engine.Digest, (await place.ShowAsync()).Digest);
        Assert.Equal("v1", await Workshop.AskAsync(engine.Address!));
        wire.Mend();
        Assert.Equal("v2", await Workshop.AskAsync((await place.UpgradeAsync($"{wire.Name}/tiny:v2")).Address!));
    }

    private static string Base64(string password) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{DebianRegistry.User}:{password}"));

    private static async Task<string?> DigestAsync(Operator admin) => (await admin.GetAsync("/backends")).EnumerateArray()
        .Single(row => row.GetProperty("Name").GetString() == "tiny").GetProperty("Metadata").GetProperty("digest").GetString();
}
