using System.Text.Json.Serialization;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>What the engine says of one of its slots: a request that runs occupies one.</summary>
internal sealed record Slot(
    [property: JsonPropertyName("id")] int Id,
    [property: JsonPropertyName("is_processing")] bool IsProcessing);

/// <summary>Reads the engine's list of slots.</summary>
[JsonSerializable(typeof(Slot[]))]
internal sealed partial class SlotJson : JsonSerializerContext;
