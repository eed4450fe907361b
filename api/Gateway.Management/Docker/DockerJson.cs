using System.Text.Json.Serialization;

namespace Gateway.Management.Docker;

/// <summary>The messages of the Docker Engine's API, as far as they are used; names as on the wire.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(InfoAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(PullMessage))]
[JsonSerializable(typeof(ImageAnswer))]
[JsonSerializable(typeof(DistributionAnswer))]
[JsonSerializable(typeof(ContainerSummary[]))]
[JsonSerializable(typeof(ContainerAnswer))]
[JsonSerializable(typeof(ContainerCreate))]
[JsonSerializable(typeof(CreatedAnswer))]
[JsonSerializable(typeof(ContainerUpdate))]
[JsonSerializable(typeof(NetworkCreate))]
[JsonSerializable(typeof(NetworkConnect))]
[JsonSerializable(typeof(NetworkSummary[]))]
[JsonSerializable(typeof(NetworkSummary))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
[JsonSerializable(typeof(LoginFile))]
[JsonSerializable(typeof(LoginHeader))]
internal sealed partial class DockerJson : JsonSerializerContext;
