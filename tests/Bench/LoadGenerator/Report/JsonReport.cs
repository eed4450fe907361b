using System.Text.Json;

namespace Gateway.Bench.Report;

/// <summary>Every figure of every round, with the machine and the time.</summary>
internal static class JsonReport
{
    public static void Write(string file, Results results)
    {
        using var stream = File.Create(file);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("time", DateTimeOffset.UtcNow);
        json.WriteString("machine", Machine.Describe());
        foreach (var contender in results.ByContender)
        {
            json.WriteStartObject(contender.Key);
            foreach (var ((_, measure), values) in contender)
            {
                json.WriteStartArray(measure);
                foreach (var value in values)
                {
                    json.WriteNumberValue(Math.Round(value, 2));
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
