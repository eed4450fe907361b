using Gateway.Management.Docker;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Proxy;

/// <summary>Judges a new container: each member must have a value that the gateway itself sends for some engine.</summary>
/// <param name="mounts">What may be mounted.</param>
internal sealed class CreateGuard(MountGuard mounts)
{
    private const string All = "ALL";
    private const string NoNewPrivileges = "no-new-privileges:true";
    private const string NoSeccomp = "seccomp=unconfined";
    private const string Compute = "/dev/kfd";
    private const string Graphics = "/dev/dri";
    private static readonly string[] Capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER"];

    /// <param name="create">The container. Whether its network is the gateway's is judged elsewhere.</param>
    /// <param name="name">Its name; null: Docker chooses one.</param>
    /// <returns>Why it is refused; null: it is not.</returns>
    public string? Judge(ContainerCreate create, string? name) =>
        (create.Name is { } other && other != name ? Member(nameof(create.Name)) : null) ?? JudgeItself(create) ?? JudgeRights(create.HostConfig) ?? JudgeDevices(create.HostConfig) ?? JudgePorts(create) ?? JudgeNetwork(create, name) ?? JudgeRest(create.HostConfig);

    private static string? JudgeItself(ContainerCreate create)
    {
        if (ImageReference.Parse(create.Image) is null && !ImageReference.IsDigest(create.Image))
        {
            return Member("Image");
        }

        if (!create.Labels.ContainsKey(EngineLabels.Managed) || create.Labels.Keys.Except(OwnShapes.Labels).Any())
        {
            return $"a container has the label {EngineLabels.Managed}, and no others but {string.Join(", ", OwnShapes.Labels)}";
        }

        return create.User is { } user && !OwnShapes.Users.Contains(user) ? Member("User")
            : create.StopTimeout is not (null or ContainerPlan.StopSeconds) ? Member("StopTimeout")
            : create.Healthcheck is { } check && check.Test is not ["NONE"] ? Member("Healthcheck")
            : JudgeCommand(create);
    }

    private static string? JudgeCommand(ContainerCreate create) =>
        create.Entrypoint is { } entrypoint && !OwnShapes.Entrypoints.Contains(OwnShapes.Joined(entrypoint)) ? Member("Entrypoint")
        : create.Cmd?.Any(word => word is null) == true ? Member("Cmd")
        : create.Env?.Any(variable => variable is null) == true ? Member("Env")
        : create.Env?.FirstOrDefault(variable => !OwnShapes.Variables.Contains(variable.Split('=')[0])) is { } odd ? $"Env: no engine takes {odd.Split('=')[0]}"
        : null;

    private static string? JudgeRights(HostConfig host)
    {
        if (host.CapDrop is not [All] || host.CapAdd?.Except(Capabilities).Any() == true)
        {
            return $"a container drops {All} capabilities and adds none but {string.Join(", ", Capabilities)}";
        }

        // Only the engines of one kind of GPU need more system calls than Docker's profile gives.
        return host.SecurityOpt switch
        {
            [NoNewPrivileges] => null,
            [NoNewPrivileges, NoSeccomp] when host.Devices?.Any(device => device?.PathOnHost == Compute) == true => null,
            _ => $"a container sets SecurityOpt to {NoNewPrivileges}",
        };
    }

    private static string? JudgeDevices(HostConfig host)
    {
        if (host.Devices?.Any(device => device is null || device.PathOnHost is not (Compute or Graphics) || device.PathInContainer != device.PathOnHost || device.CgroupPermissions != "rwm") == true)
        {
            return $"a container gets no devices but {Compute} and {Graphics}";
        }

        return host.DeviceRequests is null or [] or [{ Driver: "nvidia", Count: -1, Capabilities: [["gpu"]] }] ? null : Member("HostConfig.DeviceRequests");
    }

    private static string? JudgePorts(ContainerCreate create)
    {
        var host = create.HostConfig;
        if (create.ExposedPorts?.Keys.All(OwnShapes.IsPort) == false || host.PortBindings?.Keys.All(OwnShapes.IsPort) == false)
        {
            return Member("ExposedPorts");
        }

        return host.PortBindings?.Values.All(bindings => bindings is [{ } binding] && OwnShapes.IsPublished(binding)) == false
            ? $"a port is published on {EnginePlace.Loopback} only, from {VersionPlan.FirstPort} to {VersionPlan.LastPort}"
            : null;
    }

    private static string? JudgeNetwork(ContainerCreate create, string? name)
    {
        // Names on a network are what others call: nothing but the gateway's own kind may be taken there.
        var (mode, endpoints) = (create.HostConfig.NetworkMode, create.NetworkingConfig?.EndpointsConfig);
        if (mode is { } network && (name is null || !VersionPlan.IsContainerName(name) || endpoints?.Keys.Any(key => key != network) == true))
        {
            return "a container on a network has a name such as the gateway gives, and is on that network only";
        }

        return endpoints is null || (mode is not null && endpoints.Values.All(endpoint => endpoint?.Aliases is [var alias] && alias == name)) ? null : Member("NetworkingConfig");
    }

    private string? JudgeRest(HostConfig host) =>
        host.Binds?.Select(mounts.Judge).FirstOrDefault(refusal => refusal is not null) is { } refusal ? refusal
        : host.RestartPolicy is not (null or { Name: "no", MaximumRetryCount: 0 }) ? Member("HostConfig.RestartPolicy")
        : host.Tmpfs is { } tmpfs && (tmpfs.Count > 1 || tmpfs.Any(pair => pair is not { Key: "/tmp", Value: "" })) ? Member("HostConfig.Tmpfs")
        : host.ShmSize is { } size && !OwnShapes.SharedMemory.Contains(size) ? Member("HostConfig.ShmSize")
        : host.LogConfig is { } log && !IsOwn(log) ? $"a container logs by {OwnShapes.Log.Type} with {string.Join(", ", OwnShapes.Log.Config.Select(pair => $"{pair.Key}={pair.Value}"))}"
        : null;

    private static bool IsOwn(LogConfig log) =>
        log.Type == OwnShapes.Log.Type && log.Config.Count == OwnShapes.Log.Config.Count && log.Config.All(pair => OwnShapes.Log.Config.GetValueOrDefault(pair.Key) == pair.Value);

    private static string Member(string name) => $"{name} is none that the gateway sends";
}
