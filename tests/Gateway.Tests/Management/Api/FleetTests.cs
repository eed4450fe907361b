using Gateway.Engines;
using Gateway.Management.Lifecycle;
using Xunit;

namespace Gateway.Tests.Management.Api;

/// <summary>Several machines: a choice goes to each in its own variant, what fits one kind of hardware must name its machine.</summary>
public sealed class FleetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeLifecycle _lifecycle = new(new EngineNode("gpu", "gpu", "tcp://a:2376"), new EngineNode("plain", "plain", "tcp://b:2376"), new EngineNode("gone", "gone", "tcp://c:2376"));

    public FleetTests()
    {
        _lifecycle.Runtimes["gpu"] = ["nvidia"];
        _lifecycle.Away.Add("gone");
    }

    [Fact]
    public async Task Apply_Meta_GivesEveryNodeItsOwnVariant()
    {
        await using var host = await ManagementHost.StartAsync(_lifecycle, _folder);

        var status = await host.RunAsync("/backends/apply", """{"id":"llamacpp"}""");

        Assert.Equal((Accelerator.Nvidia, Accelerator.Cpu), (_lifecycle.RequestOf("llamacpp", "gpu").Accelerator, _lifecycle.RequestOf("llamacpp", "plain").Accelerator));
        Assert.Equal(["success", "success", "error"], status.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("status").GetString()));
        Assert.False(status.TryGetProperty("error", out _));
        Assert.Contains("gone", status.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, (await host.JsonAsync("/backends"))[0].GetProperty("nodes").GetArrayLength());
    }

    [Fact]
    public async Task Apply_ForOneKindOfHardware_NeedsItsNode()
    {
        await using var host = await ManagementHost.StartAsync(_lifecycle, _folder);

        var (status, body) = await host.SendAsync("POST", "/backends/apply", """{"id":"nvidia-llamacpp"}""");

        Assert.Equal((409, "concrete_backend_requires_target", "llamacpp"), (status, body.GetProperty("code").GetString(), body.GetProperty("meta_alternative").GetString()));
        Assert.Contains("POST /api/nodes/", body.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, _lifecycle.Operations);
    }

    [Fact]
    public async Task InstallOnNode_OneOfThem_InstallsThereOnly()
    {
        await using var host = await ManagementHost.StartAsync(_lifecycle, _folder);

        var (status, body) = await host.SendAsync("POST", "/api/nodes/gpu/backends/install", """{"backend":"nvidia-llamacpp"}""");
        await host.EndOfAsync(body.GetProperty("jobID").GetString()!);

        Assert.Equal((202, 1), (status, _lifecycle.Operations));
        Assert.Equal("nvidia-llamacpp", _lifecycle.RequestOf("nvidia-llamacpp", "gpu").Name);
        Assert.Equal(404, (await host.SendAsync("POST", "/api/nodes/none/backends/install", """{"backend":"llamacpp"}""")).Status);
    }

    [Fact]
    public async Task Nodes_OneAway_IsShownAndTheOthersStay()
    {
        await using var host = await ManagementHost.StartAsync(_lifecycle, _folder);

        var nodes = (await host.JsonAsync("/api/nodes")).EnumerateArray().ToArray();

        Assert.Equal([("gpu", "healthy", "nvidia"), ("plain", "healthy", "cpu"), ("gone", "offline", "cpu")], nodes.Select(node => (node.GetProperty("id").GetString()!, node.GetProperty("status").GetString()!, node.GetProperty("accelerator").GetString()!)));
        Assert.Equal("It is away.", nodes[2].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Available_WhatOneNodeCanRun_IsOffered()
    {
        await using var host = await ManagementHost.StartAsync(_lifecycle, _folder);

        var names = (await host.JsonAsync("/backends/available")).EnumerateArray().Select(entry => entry.GetProperty("name").GetString()).ToArray();

        Assert.Contains("nvidia-llamacpp", names);
        Assert.DoesNotContain("amd-llamacpp", names);
    }

    [Fact]
    public async Task Upgrades_NodesThatDiffer_AreToldAsDrift()
    {
        _lifecycle.Put("tiny", "llamacpp", "a.example/x:1", "gpu");
        _lifecycle.Put("tiny", "llamacpp", "a.example/x:2", "plain");
        _lifecycle.Registry["a.example/x:1"] = FakeLifecycle.DigestOf("a.example/x:1");
        _lifecycle.Registry["a.example/x:2"] = FakeLifecycle.DigestOf("a.example/x:2");
        await using var host = await ManagementHost.StartAsync(_lifecycle, _folder);
        await ManagementHost.WaitAsync(async () => (await host.JsonAsync("/backends/upgrades")).TryGetProperty("tiny", out _));

        var drift = (await host.JsonAsync("/backends/upgrades")).GetProperty("tiny").GetProperty("node_drift");

        Assert.Equal(1, drift.GetArrayLength());
        Assert.All(["node_id", "node_name", "version", "digest"], member => Assert.True(drift[0].TryGetProperty(member, out _)));
    }

    public void Dispose() => _folder.Dispose();
}
