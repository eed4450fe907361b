using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Generator.Compose;
using Xunit;

namespace Gateway.ComposeTests;

/// <summary>The gateway's own service, and what stands beside it.</summary>
public sealed class GatewayConfigTests
{
    [DockerFact]
    public async Task Config_NoProfile_IsTheGatewayAlone()
    {
        await using var place = new Workplace();

        Assert.Equal(["gateway"], Names((await place.ConfigAsync("none")).GetProperty("services")));
    }

    [DockerFact]
    public async Task Config_Observability_AddsWhatWatches()
    {
        await using var place = new Workplace();
        var services = (await place.ConfigAsync("observability")).GetProperty("services");

        Assert.Equal(["gateway", "grafana", "prometheus"], Names(services));
        Assert.All([services.GetProperty("grafana"), services.GetProperty("prometheus")], service =>
            Assert.Equal("127.0.0.1", service.GetProperty("ports")[0].GetProperty("host_ip").GetString()));
    }

    [DockerFact]
    public async Task Gateway_NothingSet_IsPublishedOnLoopbackOnly()
    {
        await using var place = new Workplace();
        var service = (await place.ConfigAsync("none")).GetProperty("services").GetProperty("gateway");

        var port = Assert.Single(service.GetProperty("ports").EnumerateArray());
        Assert.Equal("127.0.0.1", port.GetProperty("host_ip").GetString());
        Assert.Equal(8000, port.GetProperty("target").GetInt32());
        Assert.Equal("0.0.0.0", service.GetProperty("environment").GetProperty("GATEWAY_HOST").GetString());
        Assert.True(service.GetProperty("read_only").GetBoolean());
        Assert.Equal("ALL", service.GetProperty("cap_drop")[0].GetString());
        Assert.Equal("host.docker.internal=host-gateway", service.GetProperty("extra_hosts")[0].GetString());
    }

    [DockerFact]
    public async Task Gateway_EverySettingOfTheTable_IsHandedOn()
    {
        await using var place = new Workplace();
        var service = (await place.ConfigAsync("none")).GetProperty("services").GetProperty("gateway");

        Assert.All(SettingCatalog.All, setting => Assert.Contains(setting.Name, Names(service.GetProperty("environment"))));
    }

    [DockerFact]
    public async Task Gateway_LongDrain_HasTheTimeForIt()
    {
        await using var place = new Workplace();
        place["GATEWAY_DRAIN_SECONDS"] = "600";
        var service = (await place.ConfigAsync("none")).GetProperty("services").GetProperty("gateway");

        Assert.Equal("10m15s", service.GetProperty("stop_grace_period").GetString());
    }

    [DockerFact]
    public async Task Networks_OfTheEngines_LeadNowhere()
    {
        await using var place = new Workplace();
        var networks = (await place.ConfigAsync([.. ComposeService.All.Select(pair => pair.Engine.Id)])).GetProperty("networks");

        Assert.True(networks.GetProperty("engines").GetProperty("internal").GetBoolean());
    }

    [Fact]
    public void Gpus_EveryAccelerator_HasItsFiles() =>
        Assert.All(Enum.GetNames<Accelerator>(), name => Assert.All(
            ["yml", "env"], extension => Assert.True(File.Exists(Path.Combine(Clone.Root, "compose", "gpu", $"{name.ToLowerInvariant()}.{extension}")))));

    private static IEnumerable<string> Names(JsonElement parent) => parent.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal);
}
