using System.Globalization;
using System.Text;

namespace Gateway.Fakes;

/// <summary>Replies by name, for callers in another process: <c>error context_length</c>, <c>cut 2 reset</c>, <c>status 500</c>.</summary>
internal static class Scenario
{
    public static Reply Parse(string text)
    {
        var words = text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words switch
        {
            ["default"] => Replies.Default,
            ["error", ..] => Replies.Error(Rest(text)),
            ["stream-error", ..] => Replies.StreamError(Rest(text)),
            ["fixture", ..] => Replies.Fixture(Rest(text)),
            ["status", var status] => Replies.Status(Number(status)),
            ["status", var status, var body] => Replies.Status(Number(status), body),
            ["redirect", var location] => Replies.Redirect(location),
            ["body", var base64] => Replies.Body(Convert.FromBase64String(base64)),
            _ => ParseFault(words) ?? throw new FormatException($"There is no scenario '{text}'."),
        };
    }

    private static Reply? ParseFault(string[] words) => words switch
    {
        ["stall", "before-headers"] => Replies.StallBeforeHeaders,
        ["stall", "after-headers"] => Replies.StallAfterHeaders,
        ["stall", var frames] => Replies.StallAfterFrames(Number(frames)),
        ["cut", "reset"] => Replies.Cut(reset: true),
        ["cut", "end"] => Replies.Cut(reset: false),
        ["cut", var frames, "reset"] => Replies.CutAfterFrames(Number(frames), reset: true),
        ["cut", var frames, "end"] => Replies.CutAfterFrames(Number(frames), reset: false),
        ["end", var frames] => Replies.EndAfterFrames(Number(frames)),
        ["slow", var milliseconds] => Replies.Slow(TimeSpan.FromMilliseconds(Number(milliseconds))),
        ["paced", var milliseconds] => Replies.Paced(TimeSpan.FromMilliseconds(Number(milliseconds))),
        ["split", var size] => Replies.Split(Number(size)),
        ["gzip"] => Replies.Gzip,
        ["html"] => Replies.Html,
        ["endless"] => Replies.Endless(Encoding.UTF8.GetBytes(new string(' ', 4096)), "application/json"),
        _ => null,
    };

    // The name of a case may have spaces.
    private static string Rest(string text) => text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim();

    private static int Number(string word) => int.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);
}
