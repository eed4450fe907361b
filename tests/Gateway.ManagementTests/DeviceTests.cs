using System.Text.Json;
using Gateway.Engines;
using Gateway.Management.Docker;
using Gateway.Management.Lifecycle;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Gateway.ManagementTests;

/// <summary>What a Docker Engine makes of the devices that engines ask for. Such containers are made and not started: there is no GPU here.</summary>
public sealed class DeviceTests
{
    [DockerTheory]
    [InlineData("nvidia")]
    [InlineData("amd")]
    [InlineData("intel")]
    [InlineData("cpu")]
    public async Task Container_OfEachAccelerator_HasTheDevicesOfItsComposeFile(string gpu)
    {
        var accelerator = Enum.Parse<Accelerator>(gpu, ignoreCase: true);
        var compose = Service($"{gpu}.yml");
        var image = await TinyImages.MakeAsync("v1");
        try
        {
            var host = await CreateAsync(image, accelerator);

            Assert.Equal(Reservations(compose), Items(host.GetProperty("DeviceRequests")).Select(request =>
                $"{request.GetProperty("Driver")} {request.GetProperty("Count")} {request.GetProperty("Capabilities")[0][0]}"));
            Assert.Equal(Texts(compose, "devices"), Items(host.GetProperty("Devices")).Select(device => device.GetProperty("PathOnHost").GetString()));
            Assert.All(Items(host.GetProperty("Devices")), device => Assert.Equal(device.GetProperty("PathOnHost").GetString(), device.GetProperty("PathInContainer").GetString()));
            Assert.Equal(
                Texts(Service("common.yml"), "security_opt").Concat(Texts(compose, "security_opt")).Select(option => option.Replace("seccomp:", "seccomp=", StringComparison.Ordinal)),
                Items(host.GetProperty("SecurityOpt")).Select(option => option.GetString()));
            Assert.Equal(["ALL"], Items(host.GetProperty("CapDrop")).Select(capability => capability.GetString()));
            Assert.False(host.GetProperty("Privileged").GetBoolean());
        }
        finally
        {
            await TinyImages.RemoveAsync(image);
        }
    }

    /// <summary>Makes such a container, looks at it, and removes it.</summary>
    /// <returns>Its share of its host, as the Docker Engine tells it.</returns>
    private static async Task<JsonElement> CreateAsync(string image, Accelerator accelerator)
    {
        var engine = EngineCatalog.All.First(engine => engine.Deployment.Container?.Images.ContainsKey(accelerator) == true);
        var version = new EngineVersion
        {
            Request = new EngineRequest { Name = "devices", Kind = engine.Id, Image = image, Accelerator = accelerator, Model = "tiny" },
            Container = $"gateway-devices-{Guid.NewGuid():N}",
            Slot = new EngineSlot(20001, null, new Uri("http://127.0.0.1:20001/v1")),
            Image = image,
            Reference = image,
            InstalledAt = TimeProvider.System.GetUtcNow(),
        };
        using var docker = new DockerHost(DockerAddress.Parse(DockerSetup.Host, null).Address!, new RegistryLogins(null), TimeProvider.System);
        var labels = EngineLabels.Of("device-tests", new EngineKey(EngineNode.LocalId, "devices"), engine.Id);
        var id = await docker.CreateContainerAsync(ContainerPlan.Build(engine, version, new EnginePlace(), labels), CancellationToken.None);
        var inspect = await Shell.RunAsync("docker", "inspect", id);
        (await Shell.RunAsync("docker", "rm", "--force", "--volumes", id)).Succeeded();
        return JsonSerializer.Deserialize<JsonElement>(inspect.Succeeded().Standard)[0].GetProperty("HostConfig");
    }

    private static YamlMappingNode Service(string file)
    {
        using var reader = new StreamReader(Path.Combine(Clone.Root, "compose", "gpu", file));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode["services"]["engine"];
    }

    private static IEnumerable<string> Texts(YamlMappingNode service, string key) =>
        service.Children.TryGetValue(key, out var list) ? ((YamlSequenceNode)list).Select(item => item.ToString()) : [];

    // All of them are -1 to the Docker Engine.
    private static IEnumerable<string> Reservations(YamlMappingNode service) => service.Children.TryGetValue("deploy", out var deploy)
        ? ((YamlSequenceNode)deploy["resources"]["reservations"]["devices"]).Select(device => $"{device["driver"]} {(device["count"].ToString() == "${GPU_COUNT:-all}" ? "-1" : device["count"])} {device["capabilities"][0]}")
        : [];

    private static JsonElement[] Items(JsonElement list) => list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];
}
