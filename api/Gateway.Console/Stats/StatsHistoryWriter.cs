using System.Text.Json;

namespace Gateway.Console.Stats;

/// <summary>Writes points as columns, which is how charts take them and half as long as rows.</summary>
internal static class StatsHistoryWriter
{
    private static readonly (string Name, Func<StatsPoint, double?> Read)[] Columns =
    [
        ("requests_per_second", static point => point.RequestsPerSecond),
        ("failures_per_second", static point => point.FailuresPerSecond),
        ("input_tokens_per_second", static point => point.InputTokensPerSecond),
        ("output_tokens_per_second", static point => point.OutputTokensPerSecond),
        ("first_token_p50_seconds", static point => point.FirstTokenMedian),
        ("first_token_p95_seconds", static point => point.FirstToken95),
        ("in_flight", static point => point.InFlight),
        ("queued", static point => point.Queued),
    ];

    public static void Write(Utf8JsonWriter json, string? backend, IReadOnlyList<StatsPoint> points)
    {
        json.WriteStartObject("history"u8);
        json.WriteString("backend"u8, backend);
        json.WriteStartArray("time"u8);
        foreach (var point in points)
        {
            json.WriteNumberValue(point.Milliseconds);
        }

        json.WriteEndArray();
        foreach (var (name, read) in Columns)
        {
            json.WriteStartArray(name);
            foreach (var point in points)
            {
                WriteValue(json, read(point));
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the columns of one point as members. What it has in hand is told by whoever knows it now.</summary>
    public static void WriteRates(Utf8JsonWriter json, StatsPoint point)
    {
        foreach (var (name, read) in Columns.SkipLast(2))
        {
            WriteKnown(json, name, read(point));
        }
    }

    public static void WriteKnown(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, Math.Round(known, 4));
        }
    }

    private static void WriteValue(Utf8JsonWriter json, double? value)
    {
        if (value is { } known)
        {
            json.WriteNumberValue(Math.Round(known, 4));
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
