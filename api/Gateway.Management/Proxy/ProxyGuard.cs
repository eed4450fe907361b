using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Gateway.Management.Docker;
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
            return JsonSerializer.Deserialize(body, type) is { } value ? (value, null) : (null, "the body is empty");
        }
        catch (JsonException e)
        {
            return (null, $"{Member(e.Path)} is no member, or has no value, that the gateway sends");
        }
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
