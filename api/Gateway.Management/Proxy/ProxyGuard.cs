using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Proxy;

/// <summary>
/// Reads bodies. A member that is not known, or that is there twice, is refused, and what is passed on is written from what was read: the Docker Engine reads
/// names without regard to upper and lower case, so that what was judged could otherwise be another thing than what is done.
/// </summary>
internal static class ProxyGuard
{
    private const int LongestMember = 60;

    /// <returns>What was read, or null with the reason why it is refused.</returns>
    public static (T? Value, string? Refusal) Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) is not { } value ? (null, "the body is empty")
                : Strip(value) is { } odd ? (null, Odd(odd))
                : (value, null);
        }
        catch (JsonException e)
        {
            return (null, Odd(e.Path));
        }
    }

    /// <summary>Reads a new container. What the library sends without a value is as if it were not there.</summary>
    public static (ContainerCreate? Create, string? Refusal) Container(ReadOnlySpan<byte> body)
    {
        var (create, refusal) = Read(body, ProxyJson.Default.ContainerCreate);
        return (create is null ? null : create with { HostConfig = WithoutUnset(create.HostConfig) }, refusal);
    }

    public static byte[] Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    /// <returns>Why it is refused; null: it is not.</returns>
    public static string? Update(ContainerUpdate update) =>
        update.RestartPolicy is { Name: "no" or "unless-stopped", MaximumRetryCount: 0 } ? null : "a container is restarted unless it was stopped, or not at all";

    /// <returns>Why it is refused; null: it is not.</returns>
    public static string? Network(NetworkCreate network) =>
        network is { Driver: "bridge", Internal: false } && network.Name.StartsWith(PlaceFinder.EgressPrefix, StringComparison.Ordinal) && network.Labels.Count == 1 && network.Labels.ContainsKey(EngineLabels.Managed)
            ? null
            : $"a network is a bridge named {PlaceFinder.EgressPrefix}… with the label {EngineLabels.Managed} and no other";

    private static HostConfig WithoutUnset(HostConfig host) => host with
    {
        NetworkMode = host.NetworkMode is "" ? null : host.NetworkMode,
        ShmSize = host.ShmSize is 0 ? null : host.ShmSize,
    };

    private static string? Strip(object value) => value switch
    {
        ContainerCreate create => create.Strip(OwnShapes.UnsaidOfContainer)
            ?? (create.HostConfig.Strip(OwnShapes.UnsaidOfHost) is { } odd ? $"{nameof(create.HostConfig)}.{odd}" : null)
            ?? create.NetworkingConfig?.EndpointsConfig.Values.Select(endpoint => endpoint?.Strip(OwnShapes.UnsaidOfEndpoint)).FirstOrDefault(odd => odd is not null),
        ContainerUpdate update => update.Strip(OwnShapes.UnsaidOfResources),
        NetworkCreate network => network.Strip(OwnShapes.UnsaidOfNetwork),
        _ => null,
    };

    private static string Odd(string? path) => $"{Member(path)} is no member, or has no value, that the gateway sends";

    // A path such as $.HostConfig.Privileged; what is in it is the caller's, and goes to a log.
    private static string Member(string? path)
    {
        var name = string.Concat((path ?? "").TrimStart('$', '.').Where(sign => char.IsAsciiLetterOrDigit(sign) || sign is '.' or '_' or '[' or ']').Take(LongestMember));
        return name.Length == 0 ? "the body" : name;
    }
}

/// <summary>The Docker Engine's messages, and nothing in them that is not known.</summary>
[JsonSourceGenerationOptions(UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerCreate))]
[JsonSerializable(typeof(ContainerUpdate))]
[JsonSerializable(typeof(NetworkCreate))]
[JsonSerializable(typeof(NetworkConnect))]
internal sealed partial class ProxyJson : JsonSerializerContext;

/// <summary>Any answer of a Docker Engine.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ProxyAnswerJson : JsonSerializerContext;
