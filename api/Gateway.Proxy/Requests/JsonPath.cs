using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Proxy.Requests;

/// <summary>The path of a value in a JSON body, as OpenAI writes it: <c>messages[0].content[1].image_url.url</c>.</summary>
internal static class JsonPath
{
    private const int MaxLength = 256;

    /// <summary>Writes it.</summary>
    /// <param name="body">The body, known to be valid.</param>
    /// <param name="at">Where the value begins.</param>
    /// <param name="options">As the body was read.</param>
    public static string Of(ReadOnlySpan<byte> body, int at, JsonReaderOptions options)
    {
        var reader = new Utf8JsonReader(body, options);
        var steps = new List<string>();
        var counts = new List<int>();
        while (reader.Read())
        {
            var depth = reader.CurrentDepth;
            Fit(steps, counts, depth);
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                steps[depth - 1] = Encoding.UTF8.GetString(MediaGuard.Text(ref reader));
                counts[depth - 1] = -1;
                continue;
            }

            if (reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
            {
                Count(steps, counts, depth);
                if (reader.TokenStartIndex >= at)
                {
                    break;
                }
            }
        }

        var path = string.Concat(steps.Select((step, place) => step.StartsWith('[') || place == 0 ? step : $".{step}"));
        return path.Length <= MaxLength ? path : path[..MaxLength];
    }

    private static void Fit(List<string> steps, List<int> counts, int depth)
    {
        while (steps.Count > depth)
        {
            steps.RemoveAt(steps.Count - 1);
            counts.RemoveAt(counts.Count - 1);
        }

        while (steps.Count < depth)
        {
            steps.Add("");
            counts.Add(0);
        }
    }

    // An element of a list; a member's value has its name already.
    private static void Count(List<string> steps, List<int> counts, int depth)
    {
        if (depth > 0 && counts[depth - 1] >= 0)
        {
            steps[depth - 1] = string.Create(CultureInfo.InvariantCulture, $"[{counts[depth - 1]++}]");
        }
    }
}
