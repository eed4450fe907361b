using System.Globalization;
using Gateway.Engines;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Proxy;

/// <summary>What the gateway itself asks for when it makes an engine's container, from the same profiles: nothing else is passed on.</summary>
internal static class OwnShapes
{
    /// <summary>Driver and limits of the log. Another driver makes the Docker Engine itself connect to where the caller says.</summary>
    public static LogConfig Log { get; } = new(ContainerPlan.Log.Type, new(ContainerPlan.Log.Config));

    public static string[] Labels { get; } = EngineLabels.Names;

    public static HashSet<string> Users { get; } = [.. Containers.Select(container => container.User).OfType<string>(), ""];

    public static HashSet<string> Entrypoints { get; } = [.. Containers.Select(container => container.Entrypoint).OfType<IReadOnlyList<string>>().Select(Joined)];

    public static HashSet<long> SharedMemory { get; } = [.. Containers.Select(container => container.SharedMemory).OfType<string>().Select(ContainerPlan.Bytes)];

    /// <summary>Names of environment variables: those of the profiles, of their options and of the engines' keys.</summary>
    public static HashSet<string> Variables { get; } =
    [
        .. Containers.SelectMany(container => container.Environment.Keys),
        .. Profiles.SelectMany(profile => profile.Deployment.Options).Select(option => option.Flag).Where(flag => !flag.StartsWith('-')),
        .. Profiles.Select(EngineArguments.KeySetting).OfType<string>().Where(setting => !setting.StartsWith('-')),
    ];

    /// <summary>Members of a container that the gateway's library sends without a value; so are the next ones.</summary>
    public static HashSet<string> UnsaidOfContainer { get; } = ["Hostname", "Domainname", "AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce", "WorkingDir"];

    public static HashSet<string> UnsaidOfResources { get; } =
    [
        "CpuShares", "Memory", "NanoCpus", "CgroupParent", "BlkioWeight", "CpuPeriod", "CpuQuota", "CpuRealtimePeriod", "CpuRealtimeRuntime", "CpusetCpus", "CpusetMems",
        "MemoryReservation", "MemorySwap", "CpuCount", "CpuPercent", "IOMaximumIOps", "IOMaximumBandwidth",
    ];

    public static HashSet<string> UnsaidOfHost { get; } =
    [
        .. UnsaidOfResources, "ContainerIDFile", "AutoRemove", "VolumeDriver", "CgroupnsMode", "IpcMode", "Cgroup", "OomScoreAdj", "PidMode", "Privileged", "PublishAllPorts", "UTSMode", "UsernsMode", "Isolation",
    ];

    public static HashSet<string> UnsaidOfEndpoint { get; } =
        ["GwPriority", "NetworkID", "EndpointID", "Gateway", "IPAddress", "MacAddress", "IPPrefixLen", "IPv6Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen"];

    public static HashSet<string> UnsaidOfNetwork { get; } = ["Scope", "Attachable", "Ingress", "ConfigOnly"];

    private static IEnumerable<EngineProfile> Profiles => EngineCatalog.All.Where(profile => profile.Deployment.Container is not null);

    private static IEnumerable<EngineContainer> Containers => Profiles.Select(profile => profile.Deployment.Container!);

    public static string Joined(IEnumerable<string?> words) => string.Join('\0', words);

    /// <summary>The mounts of all engines, as the Docker Engine takes them.</summary>
    /// <param name="folder">The folder of the host that holds the engines' folders; null: only volumes.</param>
    public static HashSet<string> Mounts(string? folder)
    {
        var places = new List<EnginePlace> { new() };
        if (folder is not null)
        {
            places.Add(new EnginePlace { Folders = folder });
        }

        return [.. places.SelectMany(place => Containers.SelectMany(container => container.Volumes).Select(place.Bind))];
    }

    /// <summary>A container's port, such as <c>8001/tcp</c>, that the gateway publishes on this port of the host.</summary>
    public static bool IsPublished(PortBinding binding) =>
        binding.HostIp == EnginePlace.Loopback
        && int.TryParse(binding.HostPort, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= VersionPlan.FirstPort and < VersionPlan.LastPort;

    public static bool IsPort(string port) =>
        port.EndsWith("/tcp", StringComparison.Ordinal) && int.TryParse(port.AsSpan(0, port.Length - 4), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536;
}
