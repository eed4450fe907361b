using System.Globalization;
using Docker.DotNet.Models;
using Gateway.Engines;

namespace Gateway.Management.Lifecycle;

/// <summary>Makes of an engine's profile what the compose file makes of it too: a container with few rights.</summary>
internal static class ContainerPlan
{
    /// <summary>Seconds an engine is given to end by itself; it is told only when nobody uses it any more.</summary>
    public const int StopSeconds = 15;

    /// <summary>How much of its log is kept.</summary>
    public static LogConfig Log => new() { Type = "json-file", Config = new Dictionary<string, string> { ["max-size"] = "10m", ["max-file"] = "3" } };

    /// <summary>Builds it.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="version">What is wanted, with the image known.</param>
    /// <param name="place">Where it goes.</param>
    /// <param name="labels">Marks it as ours.</param>
    public static CreateContainerParameters Build(EngineProfile engine, EngineVersion version, EnginePlace place, Dictionary<string, string> labels)
    {
        var container = engine.Deployment.Container!;
        var port = string.Create(CultureInfo.InvariantCulture, $"{container.Port}/tcp");
        return new CreateContainerParameters
        {
            Name = version.Container,
            Image = version.Image,
            Entrypoint = container.Entrypoint?.ToArray()!,
            Cmd = EngineArguments.Command(engine, container, version.Request, version.ApiKey),
            Env = EngineArguments.Environment(engine, container, version.Request, version.ApiKey),
            User = container.User ?? "",
            Labels = labels,
            StopTimeout = TimeSpan.FromSeconds(StopSeconds),
            // Whether it is well is asked from outside, by the profile.
            Healthcheck = new HealthcheckConfig { Test = ["NONE"] },
            ExposedPorts = new Dictionary<string, EmptyStruct> { [port] = default },
            HostConfig = Host(container, version, place, port),
            NetworkingConfig = place.Network is { } network && version.Slot.Alias is { } alias
                ? new NetworkingConfig { EndpointsConfig = new Dictionary<string, EndpointSettings> { [network] = new() { Aliases = [alias] } } }
                : null,
        };
    }

    private static HostConfig Host(EngineContainer container, EngineVersion version, EnginePlace place, string port)
    {
        var accelerator = version.Request.Accelerator;
        var writes = container.Volumes.Any(volume => !volume.ReadOnly);
        return new HostConfig
        {
            Binds = [.. container.Volumes.Select(place.Bind)],
            NetworkMode = place.Network ?? "",
            PortBindings = version.Slot.Port is { } published
                ? new Dictionary<string, IList<PortBinding>> { [port] = [new() { HostIP = place.PublishOn, HostPort = published.ToString(CultureInfo.InvariantCulture) }] }
                : new Dictionary<string, IList<PortBinding>>(),
            // One that cannot start is told at once; once it is ready, it is to come back by itself.
            RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No },
            DeviceRequests = accelerator == Accelerator.Nvidia ? [new DeviceRequest { Driver = "nvidia", Count = -1, Capabilities = [["gpu"]] }] : [],
            Devices = Devices(accelerator),
            CapDrop = ["ALL"],
            // Folders may belong to the user who made them, and root without these may not write there.
            CapAdd = writes && container.User is null ? ["CHOWN", "DAC_OVERRIDE", "FOWNER"] : [],
            // ROCm's memory calls are not in Docker's default seccomp profile.
            SecurityOpt = accelerator == Accelerator.Amd ? ["no-new-privileges:true", "seccomp=unconfined"] : ["no-new-privileges:true"],
            ReadonlyRootfs = container.ReadOnlyRoot,
            Tmpfs = container.ReadOnlyRoot ? new Dictionary<string, string> { ["/tmp"] = "" } : null,
            ShmSize = container.SharedMemory is { } size ? Bytes(size) : 0,
            LogConfig = Log,
        };
    }

    private static DeviceMapping[] Devices(Accelerator accelerator) => accelerator switch
    {
        Accelerator.Amd => [Device("/dev/kfd"), Device("/dev/dri")],
        Accelerator.Intel => [Device("/dev/dri")],
        Accelerator.Nvidia or Accelerator.Cpu => [],
        _ => throw new ArgumentOutOfRangeException(nameof(accelerator)),
    };

    private static DeviceMapping Device(string path) => new() { PathOnHost = path, PathInContainer = path, CgroupPermissions = "rwm" };

    /// <summary>A size as compose writes it, such as <c>10g</c> or <c>64mb</c>.</summary>
    public static long Bytes(string size)
    {
        var digits = size.TakeWhile(char.IsAsciiDigit).Count();
        var unit = size[digits..].TrimEnd('b') switch
        {
            "" => 0,
            "k" => 10,
            "m" => 20,
            "g" => 30,
            var other => throw new FormatException($"{other} is no unit of a size."),
        };
        return long.Parse(size.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture) << unit;
    }
}
