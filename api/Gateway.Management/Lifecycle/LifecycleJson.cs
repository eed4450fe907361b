using System.Text.Json.Serialization;

namespace Gateway.Management.Lifecycle;

/// <summary>The journal's JSON.</summary>
[JsonSourceGenerationOptions(RespectNullableAnnotations = true, WriteIndented = true, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EngineRecord))]
internal sealed partial class LifecycleJson : JsonSerializerContext;
