namespace Gateway.Proxy.Telemetry;

/// <summary>The label values of one series. Instruments here have at most four labels, so a key needs no memory of its own.</summary>
public readonly record struct SeriesKey(string? A, string? B, string? C, string? D)
{
    public const int MaxLabels = 4;

    public static SeriesKey Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => new(At(tags, 0), At(tags, 1), At(tags, 2), At(tags, 3));

    private static string? At(ReadOnlySpan<KeyValuePair<string, object?>> tags, int i) => i < tags.Length ? tags[i].Value as string : null;
}
