using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Management.Docker;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Proxy;

/// <summary>
/// Judges bodies. A member that is not known is refused, and what is passed on is written anew: the Docker Engine reads names without regard to
/// upper and lower case and takes the last of two, so what was judged could otherwise be another thing than what is done.
/// </summary>
/// <param name="folder">The folder of the host whose parts may be mounted; null: only volumes.</param>
internal sealed class ProxyGuard(string? folder)
{
    private static readonly string[] Capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER"];
    private static readonly string[] Security = ["no-new-privileges:true", "seccomp=unconfined"];
    private static readonly string[] Devices = ["/dev/kfd", "/dev/dri"];

    /// <returns>The body to pass on, or null with the reason why not.</returns>
    public (byte[]? Body, string? Refusal) Create(ReadOnlySpan<byte> body)
    {
        if (Read(body, ProxyJson.Default.ContainerCreate) is not { } create)
        {
            return (null, "the container asks for something that engines do not need");
        }

        var refusal = !create.Labels.ContainsKey(EngineLabels.Managed) ? $"the container lacks the label {EngineLabels.Managed}" : Judge(create.HostConfig);
        return refusal is null ? (JsonSerializer.SerializeToUtf8Bytes(create, ProxyJson.Default.ContainerCreate), null) : (null, refusal);
    }

    public static (byte[]? Body, string? Refusal) Update(ReadOnlySpan<byte> body) => Read(body, ProxyJson.Default.ContainerUpdate) is { } update
        ? (JsonSerializer.SerializeToUtf8Bytes(update, ProxyJson.Default.ContainerUpdate), null)
        : (null, "only RestartPolicy can be changed");

    public static (byte[]? Body, string? Refusal) Network(ReadOnlySpan<byte> body) => Read(body, ProxyJson.Default.NetworkCreate) is { Driver: "bridge" } network && network.Labels.ContainsKey(EngineLabels.Managed)
        ? (JsonSerializer.SerializeToUtf8Bytes(network, ProxyJson.Default.NetworkCreate), null)
        : (null, $"a network is a bridge with the label {EngineLabels.Managed}");

    /// <returns>Which container is to be connected; null: none that can be told.</returns>
    public static string? Connected(ReadOnlySpan<byte> body) => Read(body, ProxyJson.Default.NetworkConnect)?.Container;

    /// <summary>What a container says of itself without what it was started with.</summary>
    public static byte[] WithoutSecrets(byte[] body)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Copy(json, JsonSerializer.Deserialize(body, ProxyJson.Default.JsonElement));
        }

        return buffer.ToArray();
    }

    public static bool IsOurs(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ProxyJson.Default.JsonElement).TryGetProperty("Config", out var config)
                && config.TryGetProperty("Labels", out var labels) && labels.ValueKind == JsonValueKind.Object && labels.TryGetProperty(EngineLabels.Managed, out _);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private string? Judge(HostConfig host)
    {
        if (host.CapDrop?.Contains("ALL") != true || host.CapAdd?.Except(Capabilities).FirstOrDefault() is not null)
        {
            return $"a container drops ALL capabilities and adds none but {string.Join(", ", Capabilities)}";
        }

        if (host.SecurityOpt?.Contains(Security[0]) != true || host.SecurityOpt.Except(Security).FirstOrDefault() is not null)
        {
            return $"a container sets {Security[0]}";
        }

        if (host.NetworkMode is { } network && (network == "host" || network.StartsWith("container:", StringComparison.Ordinal)))
        {
            return "a container has a network of its own";
        }

        if (host.Devices?.FirstOrDefault(device => !Devices.Contains(device.PathOnHost)) is { } device)
        {
            return $"{device.PathOnHost} is no device of a GPU";
        }

        return host.Binds?.FirstOrDefault(bind => !MayMount(bind)) is { } refused ? $"{refused} may not be mounted" : null;
    }

    // Volumes of the gateway's own, and what lies below its folder.
    private bool MayMount(string bind)
    {
        var source = bind.Split(':')[0];
        if (!source.StartsWith('/'))
        {
            return source.StartsWith("gateway-", StringComparison.Ordinal);
        }

        return folder is not null && !source.Split('/').Contains("..") && source.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
    }

    private static T? Read<T>(ReadOnlySpan<byte> body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Copy(Utf8JsonWriter json, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            element.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        foreach (var member in element.EnumerateObject().Where(member => member.Name is not ("Env" or "Cmd" or "Args" or "Entrypoint")))
        {
            json.WritePropertyName(member.Name);
            Copy(json, member.Value);
        }

        json.WriteEndObject();
    }
}

/// <summary>The Docker Engine's messages, and nothing in them that is not known.</summary>
[JsonSourceGenerationOptions(UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerCreate))]
[JsonSerializable(typeof(ContainerUpdate))]
[JsonSerializable(typeof(NetworkCreate))]
[JsonSerializable(typeof(NetworkConnect))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ProxyJson : JsonSerializerContext;
