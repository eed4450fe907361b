using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Management.Proxy;

/// <summary>A body that has, beside what it says, members that the gateway's library sends without a value.</summary>
internal abstract record Unsaid
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Rest { get; set; }

    /// <summary>Takes these members out.</summary>
    /// <param name="names">Those that may be there.</param>
    /// <returns>One that may not, or has a value; null: there is none.</returns>
    public string? Strip(IReadOnlySet<string> names)
    {
        var odd = Rest?.FirstOrDefault(member => !names.Contains(member.Key) || !IsUnset(member.Value)).Key;
        Rest = null;
        return odd;
    }

    private static bool IsUnset(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False => true,
        JsonValueKind.String => value.ValueEquals(""u8),
        JsonValueKind.Number => value.GetRawText() == "0",
        JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.True or JsonValueKind.Object or JsonValueKind.Array => false,
        _ => false,
    };
}

/// <summary>Body of <c>POST /containers/create</c>.</summary>
internal sealed record ContainerCreate : Unsaid
{
    /// <summary>As in the query, which is the one that counts.</summary>
    public string? Name { get; init; }

    public required string Image { get; init; }

    public IReadOnlyList<string>? Entrypoint { get; init; }

    public IReadOnlyList<string>? Cmd { get; init; }

    public IReadOnlyList<string>? Env { get; init; }

    public string? User { get; init; }

    public required Dictionary<string, string> Labels { get; init; }

    public Dictionary<string, Empty>? ExposedPorts { get; init; }

    /// <summary>Seconds between being told to stop and being stopped.</summary>
    public int? StopTimeout { get; init; }

    public Healthcheck? Healthcheck { get; init; }

    public required HostConfig HostConfig { get; init; }

    public NetworkingConfig? NetworkingConfig { get; init; }
}

/// <summary>An empty object.</summary>
internal sealed record Empty;

/// <summary>The image's own check; <c>NONE</c> switches it off.</summary>
internal sealed record Healthcheck(IReadOnlyList<string> Test);

/// <summary>The container's share of its host.</summary>
internal sealed record HostConfig : Unsaid
{
    public IReadOnlyList<string>? Binds { get; init; }

    public Dictionary<string, PortBinding[]>? PortBindings { get; init; }

    public string? NetworkMode { get; init; }

    public RestartPolicy? RestartPolicy { get; init; }

    public IReadOnlyList<DeviceRequest>? DeviceRequests { get; init; }

    public IReadOnlyList<DeviceMapping>? Devices { get; init; }

    public IReadOnlyList<string>? CapDrop { get; init; }

    public IReadOnlyList<string>? CapAdd { get; init; }

    public IReadOnlyList<string>? SecurityOpt { get; init; }

    public bool ReadonlyRootfs { get; init; }

    public Dictionary<string, string>? Tmpfs { get; init; }

    /// <summary>Bytes.</summary>
    public long? ShmSize { get; init; }

    public LogConfig? LogConfig { get; init; }
}

/// <summary>Where on the host a port of the container is.</summary>
internal sealed record PortBinding(string HostIp, string HostPort);

/// <summary>What happens when the container ends by itself.</summary>
internal sealed record RestartPolicy(string Name, int MaximumRetryCount = 0);

/// <summary>GPUs by a driver that hands them out; a count of -1 is all.</summary>
internal sealed record DeviceRequest(string Driver, int Count, string[][] Capabilities);

/// <summary>A device file of the host.</summary>
internal sealed record DeviceMapping(string PathOnHost, string PathInContainer, string CgroupPermissions = "rwm");

/// <summary>How much of its log is kept.</summary>
internal sealed record LogConfig(string Type, Dictionary<string, string> Config);

/// <summary>The networks that a container is on from its first moment.</summary>
internal sealed record NetworkingConfig(Dictionary<string, EndpointConfig> EndpointsConfig);

/// <summary>The names it has there beside its own.</summary>
internal sealed record EndpointConfig(string[] Aliases) : Unsaid;

/// <summary>Body of <c>POST /containers/{id}/update</c>.</summary>
internal sealed record ContainerUpdate(RestartPolicy RestartPolicy) : Unsaid;

/// <summary>Body of <c>POST /networks/create</c>.</summary>
internal sealed record NetworkCreate(string Name, Dictionary<string, string> Labels, bool Internal = false, string Driver = "bridge") : Unsaid;

/// <summary>Body of <c>POST /networks/{id}/connect</c>.</summary>
internal sealed record NetworkConnect(string Container);
