using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>Puts what a caller got into one line: whole, an error, or a stream that broke and how it ended.</summary>
internal static partial class CallerView
{
    private const string Done = "[DONE]";

    public static async Task<string> OfAsync(HttpResponseMessage answer)
    {
        var (body, cut) = await Answers.ReadToEndAsync(answer);
        var streamed = answer.Content.Headers.ContentType?.MediaType == "text/event-stream";
        var text = Encoding.UTF8.GetString(body);
        var what = streamed ? Stream(Answers.Data(body), cut) : cut ? "cut in the middle" : (int)answer.StatusCode == 200 ? Whole(text) : Error(answer, text);
        return $"{(int)answer.StatusCode} {what}{Attempts(answer)}";
    }

    /// <summary>The first value of a header, or null.</summary>
    public static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.First() : null;

    private static string Whole(string text)
    {
        using var json = JsonDocument.Parse(text);
        var sound = json.RootElement.GetProperty("choices")[0].GetProperty("finish_reason").GetString() is { Length: > 0 };
        return sound ? "complete" : "UNSOUND";
    }

    private static string Error(HttpResponseMessage answer, string text)
    {
        using var json = JsonDocument.Parse(text);
        var after = Header(answer, "Retry-After") is { } seconds ? $", Retry-After {seconds}" : "";
        return $"{Code(json.RootElement.GetProperty("error"))} from the {Answers.Source(answer)}{after}";
    }

    // A broken stream must end in one error event, carry no end marker, and end in order behind it.
    private static string Stream(IReadOnlyList<string> data, bool cut)
    {
        var errors = data.Count(one => one.StartsWith("{\"error\"", StringComparison.Ordinal));
        if (errors == 0 && !cut && data[^1] == Done)
        {
            return data.Any(one => one.Contains("\"finish_reason\":\"", StringComparison.Ordinal)) ? "complete" : "UNSOUND";
        }

        if (errors != 1 || !data[^1].StartsWith("{\"error\"", StringComparison.Ordinal) || data.Contains(Done))
        {
            return $"UNSOUND: {errors} error events, last {data[^1]}";
        }

        using var json = JsonDocument.Parse(data[^1]);
        return $"started, then one error event {Code(json.RootElement.GetProperty("error"))}, {(cut ? "CONNECTION CUT" : "clean end")}";
    }

    private static string Code(JsonElement error)
    {
        var name = Setting().Match(Answers.Text(error, "message") ?? "") is { Success: true } setting ? $" ({setting.Value})" : "";
        return (Answers.Text(error, "code") ?? Answers.Text(error, "type")) + name;
    }

    private static string Attempts(HttpResponseMessage answer) => Header(answer, "x-gateway-attempts") is { } attempts ? $", attempts {attempts}" : "";

    [GeneratedRegex(@"GATEWAY_[A-Z_]+_SECONDS|deadlines\.[a-z_]+")]
    private static partial Regex Setting();
}
