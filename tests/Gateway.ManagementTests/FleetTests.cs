using Xunit;

namespace Gateway.ManagementTests;

/// <summary>Two machines, each a Docker Engine of its own, behind one gateway.</summary>
public sealed class FleetTests
{
    [DockerFact]
    public async Task Fleet_TwoEngines_InstallOnBothAndLoseOneInPeace()
    {
        await using var second = await SecondEngine.StartAsync();
        await using var registry = await TestRegistry.StartAsync();
        var (image, _) = await registry.PushAsync("v1", "v1");
        using var folder = new TemporaryFolder();
        var list = folder.Write("gallery.yaml", $$"""
            - {name: tiny, capabilities: {default: cpu-tiny} }
            - {name: cpu-tiny, kind: {{Workshop.Kind}}, uri: '{{image}}'}
            """);
        await using var gateway = await ManagedGateway.StartAsync(("GATEWAY_NODES", $"one={DockerSetup.Host},two={second.Address}"), ("GATEWAY_BACKEND_GALLERIES", list));
        using var admin = new Operator(gateway);

        var (status, refused) = await admin.PostAsync("/backends/apply", """{"id":"cpu-tiny","model":"tiny"}""");
        Assert.Equal((409, "concrete_backend_requires_target", "tiny"), (status, refused.GetProperty("code").GetString(), refused.GetProperty("meta_alternative").GetString()));

        var job = await admin.RunAsync("/backends/apply", """{"id":"tiny","model":"tiny"}""");
        Assert.False(job.TryGetProperty("error", out var error), error.ToString());
        Assert.Equal(["success", "success"], job.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("status").GetString()));
        Assert.Equal("v1", await gateway.AskAsync());
        Assert.NotEmpty((await second.DockerAsync("ps", "--quiet")).Succeeded().Standard);

        var onTwo = await admin.RunAsync("/api/nodes/two/backends/install", """{"backend":"cpu-tiny","name":"only-two","model":"other"}""");
        Assert.False(onTwo.TryGetProperty("error", out error), error.ToString());
        Assert.Equal([1, 2], (await admin.GetAsync("/api/nodes")).EnumerateArray().Select(node => node.GetProperty("backends").GetArrayLength()));

        // Both serve the one model that this engine has: with it gone, what answers is known.
        await admin.RunAsync("/api/nodes/two/backends/delete", """{"backend":"only-two"}""");
        Assert.Equal([1, 1], (await admin.GetAsync("/api/nodes")).EnumerateArray().Select(node => node.GetProperty("backends").GetArrayLength()));

        await second.StopAsync();
        await Wait.UntilAsync(async () => (await admin.GetAsync("/api/nodes"))[1].GetProperty("status").GetString() == "offline", "the second machine to be seen as away");
        Assert.Equal("healthy", (await admin.GetAsync("/api/nodes"))[0].GetProperty("status").GetString());
        await Wait.UntilAsync(async () => await gateway.AskAsync() == "v1", "the engine of the first machine to answer");
        var partly = await admin.RunAsync("/backends/apply", """{"id":"tiny","name":"again","model":"third"}""");
        Assert.Equal(["success", "error"], partly.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("status").GetString()));
        Assert.False(partly.TryGetProperty("error", out _));
        File.Delete(list);
    }
}
