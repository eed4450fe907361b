namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>Every fault of the scorecard, in the order in which it shows them.</summary>
internal static class FaultCases
{
    public static IReadOnlyList<(string Part, IReadOnlyList<FaultCase> Cases)> Parts { get; } =
    [
        ("Before the first byte", [.. BeforeTheAnswer.All]),
        ("In the middle of a stream", [.. InTheStream.All]),
        ("With a fallback", [.. Fallbacks.All]),
        ("Outages with a healthy fallback", [.. LongOutages.All]),
        ("Connections", [.. Connections.All]),
        ("Replicas and restarts", [.. Traffic.All]),
    ];
}
