using System.Globalization;
using Gateway.Engines;
using Gateway.Management.Docker;

namespace Gateway.Management.Lifecycle;

/// <summary>Makes of an engine's profile what the compose file makes of it too: a container with few rights.</summary>
internal static class ContainerPlan
{
    /// <summary>Seconds an engine is given to end by itself; it is told only when nobody uses it any more.</summary>
    public const int StopSeconds = 15;

    /// <summary>How much of its log is kept.</summary>
    public static LogConfig Log { get; } = new("json-file", new() { ["max-size"] = "10m", ["max-file"] = "3" });

    /// <summary>Builds it.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="version">What is wanted, with the image known.</param>
    /// <param name="place">Where it goes.</param>
    /// <param name="labels">Marks it as ours.</param>
    public static ContainerCreate Build(EngineProfile engine, EngineVersion version, EnginePlace place, Dictionary<string, string> labels)
    {
        var container = engine.Deployment.Container!;
        var port = string.Create(CultureInfo.InvariantCulture, $"{container.Port}/tcp");
        return new ContainerCreate
        {
            Image = version.Image,
            Entrypoint = container.Entrypoint,
            Cmd = EngineArguments.Command(engine, container, version.Request, version.ApiKey),
            Env = EngineArguments.Environment(engine, container, version.Request, version.ApiKey),
            User = container.User,
            Labels = labels,
            StopTimeout = StopSeconds,
            // Whether it is well is asked from outside, by the profile.
            Healthcheck = new Healthcheck(["NONE"]),
            ExposedPorts = new Dictionary<string, Empty> { [port] = new() },
            HostConfig = Host(container, version, place, port),
            NetworkingConfig = place.Network is { } network && version.Slot.Alias is { } alias
                ? new NetworkingConfig(new Dictionary<string, EndpointConfig> { [network] = new([alias]) })
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
            NetworkMode = place.Network,
            PortBindings = version.Slot.Port is { } published
                ? new() { [port] = [new PortBinding(place.PublishOn, published.ToString(CultureInfo.InvariantCulture))] }
                : null,
            // One that cannot start is told at once; once it is ready, it is to come back by itself.
            RestartPolicy = new RestartPolicy("no"),
            DeviceRequests = accelerator == Accelerator.Nvidia ? [new DeviceRequest("nvidia", -1, [["gpu"]])] : null,
            Devices = Devices(accelerator),
            CapDrop = ["ALL"],
            // Folders may belong to the user who made them, and root without these may not write there.
            CapAdd = writes && container.User is null ? ["CHOWN", "DAC_OVERRIDE", "FOWNER"] : null,
            // ROCm's memory calls are not in Docker's default seccomp profile.
            SecurityOpt = accelerator == Accelerator.Amd ? ["no-new-privileges:true", "seccomp=unconfined"] : ["no-new-privileges:true"],
            ReadonlyRootfs = container.ReadOnlyRoot,
            Tmpfs = container.ReadOnlyRoot ? new() { ["/tmp"] = "" } : null,
            ShmSize = container.SharedMemory is { } size ? Bytes(size) : null,
            LogConfig = Log,
        };
    }

    private static DeviceMapping[]? Devices(Accelerator accelerator) => accelerator switch
    {
        Accelerator.Amd => [new("/dev/kfd", "/dev/kfd"), new("/dev/dri", "/dev/dri")],
        Accelerator.Intel => [new("/dev/dri", "/dev/dri")],
        Accelerator.Nvidia or Accelerator.Cpu => null,
        _ => throw new ArgumentOutOfRangeException(nameof(accelerator)),
    };

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
