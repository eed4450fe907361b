using Xunit;

namespace Gateway.ManagementTests;

/// <summary>Engines that the settings name and nobody has installed: the first request brings them.</summary>
public sealed class OnDemandInstallTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [DockerFact]
    public async Task Engine_AskedForFirst_IsPulledStartedAndAnswersWhoWaited()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, digest) = await registry.PushAsync("v1", "v1", ballastMegabytes: 4);
        await using var gateway = await StartAsync(image, ("GATEWAY_HOLD_COMMENT_SECONDS", "0.2"));
        using var admin = new Operator(gateway);
        Assert.Equal(0, registry.LayerReads);

        var stream = await gateway.StreamAsync(3, model: "tiny");

        Assert.StartsWith(":", stream, StringComparison.Ordinal);
        Assert.Equal(3, stream.Split("v1 ").Length - 1);
        Assert.EndsWith("data: [DONE]", stream.Trim(), StringComparison.Ordinal);
        var row = (await admin.GetAsync("/backends")).EnumerateArray().Single(row => row.GetProperty("Name").GetString() == "vllm");
        Assert.Equal(digest, row.GetProperty("Metadata").GetProperty("digest").GetString());
        var job = Assert.Single((await admin.GetAsync("/backends/jobs")).EnumerateObject()).Value;
        Assert.Equal(("install", "on_demand", "completed"), (job.GetProperty("action").GetString(), job.GetProperty("who").GetString(), job.GetProperty("message").GetString()));
    }

    [DockerFact]
    public async Task Engine_AskedForWithoutWaiting_IsToldAsLoadingUntilItAnswers()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, _) = await registry.PushAsync("v1", "v1");
        registry.Gate = new TaskCompletionSource();
        await using var gateway = await StartAsync(image, ("GATEWAY_LOADING_WAIT_SECONDS", "0"), ("GATEWAY_RETRIES", "0"));

        var answer = await gateway.AskAsync();
        Assert.True(answer.Contains("\"engine_loading\"", StringComparison.Ordinal), answer);
        await Wait.UntilAsync(async () => (answer = await gateway.AskAsync()).Contains("its image is being pulled", StringComparison.Ordinal), "the pull to be told");
        Assert.StartsWith("503", answer, StringComparison.Ordinal);
        Assert.Contains("\"engine_loading\"", answer, StringComparison.Ordinal);
        registry.Gate.SetResult();
        await Wait.UntilAsync(async () => await gateway.AskAsync() == "v1", "the engine to answer");
    }

    [DockerFact]
    public async Task Engine_WhoseImageWasRemoved_IsPulledAgain()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, _) = await registry.PushAsync("v1", "v1");
        await using var gateway = await StartAsync(image, ("GATEWAY_RETRIES", "0"));
        Assert.Equal("v1", await gateway.AskAsync());
        await gateway.StopAsync("vllm");
        (await Shell.RunAsync(["docker", "rm", "--force", .. await gateway.ContainersAsync()])).Succeeded();
        var ids = (await Shell.RunAsync("docker", "images", "--quiet", "--no-trunc", $"{registry.Name}/tiny")).Standard.Split('\n');
        (await Shell.RunAsync(["docker", "rmi", "--force", .. ids.Distinct()])).Succeeded();

        Assert.Equal("v1", await gateway.AskAsync());
    }

    /// <summary>Ready when the engine is known and nothing of it is there.</summary>
    private async Task<ManagedGateway> StartAsync(string image, params (string, string)[] settings)
    {
        var list = _folder.Write("gallery.yaml", $"- {{name: tiny-image, kind: {Workshop.Kind}, uri: '{image}'}}\n");
        var file = _folder.Write("gateway.yaml", "on_demand: {idle_after: 600, engines: [{name: vllm, models: [tiny], install: tiny-image}]}\n");
        var gateway = await ManagedGateway.StartAsync([("GATEWAY_CONFIG", file), ("GATEWAY_BACKEND_GALLERIES", list), .. settings]);
        await Wait.UntilAsync(async () => (await gateway.Client.GetStringAsync("/v1/models")).Contains("\"tiny\"", StringComparison.Ordinal), "the model to be listed");
        Assert.Empty(await gateway.ContainersAsync());
        return gateway;
    }
}
