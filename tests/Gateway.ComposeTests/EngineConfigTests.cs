using System.Text.Json;
using Gateway.Engines;
using Gateway.Generator.Compose;
using Xunit;

namespace Gateway.ComposeTests;

/// <summary>What compose makes of each engine's file on each accelerator is what the engine's profile says.</summary>
public sealed class EngineConfigTests
{
    private const string Model = "some-model.gguf";

    public static TheoryData<string> Ids => ContainerEngines.Ids;

    public static TheoryData<string, string> IdsAndGpus => ContainerEngines.IdsAndGpus;

    [DockerTheory]
    [MemberData(nameof(IdsAndGpus))]
    public async Task Service_OnEachGpu_HasItsImageAndDevices(string id, string gpu)
    {
        var service = await ServiceAsync(id, ("GPU", gpu));

        Assert.Equal(ContainerEngines.Container(id).Images[ContainerEngines.Gpu(gpu)], service.GetProperty("image").GetString());
        Assert.Equal(gpu == "nvidia", service.TryGetProperty("deploy", out var deploy) && deploy.GetRawText().Contains("\"nvidia\"", StringComparison.Ordinal));
        string[] devices = gpu switch { "amd" => ["/dev/kfd", "/dev/dri"], "intel" => ["/dev/dri"], _ => [] };
        Assert.Equal(devices, service.TryGetProperty("devices", out var mapped) ? mapped.EnumerateArray().Select(device => device.GetProperty("source").GetString()!) : []);
    }

    [DockerTheory]
    [MemberData(nameof(Ids))]
    public async Task Service_NothingSet_HasTheProfilesCommandAndDefaults(string id)
    {
        var service = await ServiceAsync(id);

        var expected = ContainerEngines.Container(id).Command.Select(Filled).ToList();
        foreach (var option in Options(id).Where(option => ComposeArguments.IsFlag(option) && option.Default is not null))
        {
            expected.AddRange([option.Flag, option.Default!]);
        }

        Assert.Equal(expected, Strings(service, "command"));
        Assert.Equal(ContainerEngines.Container(id).Entrypoint?.Select(Filled) ?? [], Strings(service, "entrypoint"));
    }

    [DockerTheory]
    [MemberData(nameof(Ids))]
    public async Task Service_NothingSet_SetsNoVariableThatHasNoDefault(string id)
    {
        var environment = (await ServiceAsync(id)).TryGetProperty("environment", out var found) ? found : default;

        var options = Options(id).Where(option => !ComposeArguments.IsFlag(option)).ToDictionary(option => option.Flag, option => option.Default);
        var constants = ContainerEngines.Container(id).Environment.ToDictionary(pair => pair.Key, pair => (string?)Filled(pair.Value));
        var expected = constants.Concat(options.Where(option => option.Value is not null)).OrderBy(pair => pair.Key, StringComparer.Ordinal);
        Assert.Equal(expected, SetVariables(environment).OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [DockerTheory]
    [MemberData(nameof(Ids))]
    public async Task Service_EveryOptionSet_HandsEachOnAsItIs(string id)
    {
        const string Odd = "{\"a b\": \"$HOME ${X} \\ * ; | & #\"}";
        var values = Options(id).ToDictionary(option => option.Variable, option => option.Kind == OptionKind.Switch ? "1" : $"{Odd} {option.Variable}");

        var service = await ServiceAsync(id, [.. values.Select(pair => (pair.Key, pair.Value))]);

        var command = Strings(service, "command").ToList();
        foreach (var option in Options(id).Where(ComposeArguments.IsFlag))
        {
            var at = command.IndexOf(option.Flag);
            Assert.True(at >= 0, option.Flag);
            Assert.True(option.Kind == OptionKind.Switch || command[at + 1] == values[option.Variable], option.Flag);
        }

        var environment = Options(id).Any(option => !ComposeArguments.IsFlag(option)) ? SetVariables(service.GetProperty("environment")) : [];
        Assert.All(Options(id).Where(option => !ComposeArguments.IsFlag(option)), option => Assert.Equal(values[option.Variable], environment[option.Flag]));
    }

    [DockerTheory]
    [MemberData(nameof(Ids))]
    public async Task Service_KeySet_IsGivenToTheEngineThatTakesOne(string id)
    {
        var service = await ServiceAsync(id, ("BACKEND_API_KEY", "engine-key-1"));

        var setting = ComposeArguments.KeySetting(EngineCatalog.Find(id)!);
        Assert.Equal(setting is not null, service.GetRawText().Contains("engine-key-1", StringComparison.Ordinal));
        Assert.True(setting is null || service.GetRawText().Contains(setting, StringComparison.Ordinal));
    }

    [DockerTheory]
    [MemberData(nameof(Ids))]
    public async Task Service_Always_IsKeptInItsBounds(string id)
    {
        var container = ContainerEngines.Container(id);
        var service = await ServiceAsync(id, ("GATEWAY_DRAIN_SECONDS", "90"));

        Assert.Equal([id], Strings(service, "profiles"));
        Assert.False(service.TryGetProperty("ports", out _));
        Assert.StartsWith("on-failure:", service.GetProperty("restart").GetString(), StringComparison.Ordinal);
        Assert.Equal("1m45s", service.GetProperty("stop_grace_period").GetString());
        Assert.Equal(["ALL"], Strings(service, "cap_drop"));
        Assert.Contains("no-new-privileges:true", Strings(service, "security_opt"));
        Assert.Equal("10m", service.GetProperty("logging").GetProperty("options").GetProperty("max-size").GetString());
        Assert.Equal(container.ReadOnlyRoot, service.TryGetProperty("read_only", out var readOnly) && readOnly.GetBoolean());
        Assert.Equal(container.User, service.TryGetProperty("user", out var user) ? user.GetString() : null);
        Assert.Equal(container.SharedMemory is not null, service.TryGetProperty("shm_size", out _));
        Assert.Contains("engines", service.GetProperty("networks").EnumerateObject().Select(network => network.Name));
    }

    [DockerTheory]
    [MemberData(nameof(Ids))]
    public async Task Service_HealthAndVolumes_AreTheProfiles(string id)
    {
        var container = ContainerEngines.Container(id);
        var service = await ServiceAsync(id);

        var check = service.GetProperty("healthcheck");
        Assert.Equal(["CMD", .. container.HealthCheck], Strings(check, "test"));
        Assert.Equal(TimeSpan.FromSeconds(container.StartPeriodSeconds), ParseDuration(check.GetProperty("start_period").GetString()!));
        Assert.Equal(
            container.Volumes.Select(volume => ($"data/{volume.HostFolder}", volume.ContainerPath, volume.ReadOnly)),
            service.GetProperty("volumes").EnumerateArray().Select(volume => (
                BelowRoot(volume.GetProperty("source").GetString()!),
                volume.GetProperty("target").GetString()!,
                volume.TryGetProperty("read_only", out var readOnly) && readOnly.GetBoolean())));
    }

    private static string BelowRoot(string path) => path[path.IndexOf("data/", StringComparison.Ordinal)..];

    private static IReadOnlyList<EngineOption> Options(string id) => EngineCatalog.Find(id)!.Deployment.Options;

    private static string Filled(string text) => text.Replace("${MODEL_NAME}", Model, StringComparison.Ordinal);

    private static async Task<JsonElement> ServiceAsync(string id, params (string Name, string Value)[] variables)
    {
        await using var place = new Workplace();
        place["MODEL_NAME"] = Model;
        place.Set(variables.ToDictionary());
        return (await place.ConfigAsync(id)).GetProperty("services").GetProperty(id);
    }

    // `config` writes every dollar sign twice, so that its output can be read in again.
    private static IEnumerable<string> Strings(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(entry => Undoubled(entry.GetString()!)) : [];

    private static string Undoubled(string text) => text.Replace("$$", "$", StringComparison.Ordinal);

    private static Dictionary<string, string?> SetVariables(JsonElement environment) => environment.ValueKind == JsonValueKind.Undefined
        ? []
        : environment.EnumerateObject()
            .Where(variable => variable.Value.ValueKind != JsonValueKind.Null && variable.Name != ComposeEnvironment.NotSet.TrimEnd('='))
            .ToDictionary(variable => variable.Name, variable => (string?)Undoubled(variable.Value.GetString()!));

    private static TimeSpan ParseDuration(string text)
    {
        var total = TimeSpan.Zero;
        var number = 0;
        foreach (var sign in text)
        {
            total += sign switch { 'h' => TimeSpan.FromHours(number), 'm' => TimeSpan.FromMinutes(number), 's' => TimeSpan.FromSeconds(number), _ => TimeSpan.Zero };
            number = char.IsAsciiDigit(sign) ? (10 * number) + (sign - '0') : 0;
        }

        return total;
    }
}
