using Xunit;

namespace Gateway.ManagementTests;

/// <summary>Engines that are started when they are asked for, and make way for each other.</summary>
public sealed class SwapTests
{
    [DockerFact]
    public async Task Engines_WithOneSlot_AreStartedWhenAskedForAndMakeWay()
    {
        await using var gateway = await StartAsync(idleAfter: 1);

        Assert.Equal("v1", await gateway.AskAsync("tiny-a"));
        Assert.Equal("v2", await gateway.AskAsync("tiny-b"));
        Assert.Equal(["b"], await gateway.RunningAsync());
        Assert.Equal("v1", await gateway.AskAsync("tiny-a"));
        Assert.Equal(["a"], await gateway.RunningAsync());
        await Wait.UntilAsync(async () => (await gateway.RunningAsync()).Length == 0, "the idle engine to be stopped");

        await gateway.RestartAsync();

        Assert.Empty(await gateway.RunningAsync());
        Assert.Equal("v2", await gateway.AskAsync("tiny-b"));
    }

    [DockerFact]
    public async Task Requests_ForTwoModelsAtOnce_AreAllAnsweredByFewSwaps()
    {
        await using var gateway = await StartAsync(idleAfter: 600);
        Assert.Equal("v1", await gateway.AskAsync("tiny-a"));
        var stream = gateway.StreamAsync(10, model: "tiny-a");

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async number =>
        {
            var model = number % 2 == 0 ? "tiny-a" : "tiny-b";
            return (model, answer: await gateway.AskAsync(model));
        }));

        Assert.All(answers, pair => Assert.Equal(pair.model == "tiny-a" ? "v1" : "v2", pair.answer));
        Assert.EndsWith("data: [DONE]", (await stream).Trim(), StringComparison.Ordinal);
        Assert.Single(await gateway.RunningAsync());
    }

    [DockerTheory]
    [InlineData(2, "standard", "standard", true)]
    [InlineData(2, "standard", "exclusive", false)]
    [InlineData(1, "exclusive", "unmetered", true)]
    [InlineData(1, "standard", "coexist_by_type", true)]
    [InlineData(2, "coexist_by_type", "coexist_by_type", false)]
    public async Task Engines_ByTheirPolicies_RunTogetherOrMakeWay(int slots, string first, string second, bool together)
    {
        await using var gateway = await StartAsync(idleAfter: 600, slots, first, second);

        Assert.Equal("v1", await gateway.AskAsync("tiny-a"));
        Assert.Equal("v2", await gateway.AskAsync("tiny-b"));

        Assert.Equal(together ? ["a", "b"] : ["b"], (await gateway.RunningAsync()).Order());
        Assert.Equal("v1", await gateway.AskAsync("tiny-a"));
        Assert.Equal(together ? ["a", "b"] : ["a"], (await gateway.RunningAsync()).Order());
    }

    private static async Task<ManagedGateway> StartAsync(int idleAfter, int slots = 1, string first = "standard", string second = "standard")
    {
        var file = new TemporaryFolder().Write("gateway.yaml", $$"""
            on_demand:
              slots: {{slots}}
              idle_after: {{idleAfter}}
              max_wait: 1
              engines:
                - {name: a, models: [tiny-a], policy: {{first}} }
                - {name: b, models: [tiny-b], policy: {{second}} }
            """);
        var gateway = await ManagedGateway.StartAsync(("GATEWAY_CONFIG", file));
        await gateway.InstallAsync(await gateway.ImageAsync("v1"), "a");
        await gateway.InstallAsync(await gateway.ImageAsync("v2"), "b");
        foreach (var name in new[] { "a", "b" })
        {
            await gateway.StopAsync(name);
        }

        return gateway;
    }
}
