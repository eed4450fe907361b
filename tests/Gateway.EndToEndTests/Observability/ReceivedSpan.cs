using System.Globalization;

namespace Gateway.EndToEndTests.Observability;

/// <summary>A span as it came over the wire.</summary>
internal sealed record ReceivedSpan(string Service, string TraceId, string Id, string ParentId, string Name, int Kind, ulong Start, ulong End, int Status)
{
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>The spans of one <c>ExportTraceServiceRequest</c>.</summary>
    public static IEnumerable<ReceivedSpan> ReadAll(byte[] export) =>
        from resourceSpans in ProtobufReader.Messages(export, 1)
        let service = AttributesOf(ProtobufReader.Messages(resourceSpans, 1).Single(), 1).GetValueOrDefault("service.name", "")
        from scopeSpans in ProtobufReader.Messages(resourceSpans, 2)
        from span in ProtobufReader.Messages(scopeSpans, 2)
        select Read(service, span);

    private static ReceivedSpan Read(string service, byte[] span) => new(
        service,
        Hex(span, 1),
        Hex(span, 2),
        Hex(span, 4),
        ProtobufReader.Text(span, 5),
        (int)ProtobufReader.Number(span, 6),
        ProtobufReader.Number(span, 7),
        ProtobufReader.Number(span, 8),
        (int)ProtobufReader.Number(ProtobufReader.Messages(span, 15).FirstOrDefault() ?? [], 3))
    {
        Attributes = AttributesOf(span, 9),
        Events = [.. ProtobufReader.Messages(span, 11).Select(one => ProtobufReader.Text(one, 2))],
    };

    private static Dictionary<string, string> AttributesOf(byte[] message, int field) =>
        ProtobufReader.Messages(message, field).ToDictionary(pair => ProtobufReader.Text(pair, 1), pair => Value(ProtobufReader.Messages(pair, 2).First()));

    private static string Value(byte[] any) => ProtobufReader.Read(any).FirstOrDefault() switch
    {
        (1, byte[] text) => System.Text.Encoding.UTF8.GetString(text),
        (3, ulong number) => ((long)number).ToString(CultureInfo.InvariantCulture),
        var (_, other) => other?.ToString() ?? "",
    };

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(ProtobufReader.Messages(message, field).FirstOrDefault() ?? []);
}
