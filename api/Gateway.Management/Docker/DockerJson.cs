using System.Text.Json.Serialization;

namespace Gateway.Management.Docker;

/// <summary><c>GET /version</c>.</summary>
internal sealed record VersionAnswer(string? Version, string? ApiVersion, string? MinAPIVersion);

/// <summary>What every failed call says.</summary>
internal sealed record ErrorAnswer([property: JsonPropertyName("message")] string? Message);

/// <summary><c>GET /distribution/{name}/json</c>: what the registry says of an image.</summary>
internal sealed record DistributionAnswer(DescriptorAnswer? Descriptor);

/// <summary>The image's manifest in its registry.</summary>
internal sealed record DescriptorAnswer([property: JsonPropertyName("digest")] string? Digest, [property: JsonPropertyName("size")] long Size);

/// <summary>Messages that are read without the library; names as on the wire.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(DistributionAnswer))]
[JsonSerializable(typeof(LoginFile))]
[JsonSerializable(typeof(LoginHeader))]
internal sealed partial class DockerJson : JsonSerializerContext;
