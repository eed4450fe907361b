using System.Text.Json.Serialization;

namespace Gateway.Management.Audit;

/// <summary>One line of the audit log.</summary>
public sealed record AuditEntry
{
    public const string Started = "started";
    public const string Done = "done";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
    public const string Refused = "refused";

    public required DateTimeOffset Time { get; init; }

    /// <summary>Name of the key, or what else acted (<c>start</c>: the settings of the start).</summary>
    public required string Who { get; init; }

    /// <summary>What was to be done.</summary>
    public required string What { get; init; }

    /// <summary>Name of the engine.</summary>
    public required string Backend { get; init; }

    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Id of the job.</summary>
    public string? Job { get; init; }

    /// <summary>By node: image and digest before.</summary>
    public IReadOnlyDictionary<string, string?>? Before { get; init; }

    /// <summary>By node: image and digest after.</summary>
    public IReadOnlyDictionary<string, string?>? After { get; init; }

    public required string Outcome { get; init; }

    /// <summary>Why, where it went wrong.</summary>
    public string? Reason { get; init; }
}

/// <summary>How the audit log is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(AuditEntry[]))]
internal sealed partial class AuditJson : JsonSerializerContext;
