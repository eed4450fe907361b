using System.Globalization;
using Gateway.Errors;

namespace Gateway.Forwarding;

/// <summary>How long an engine wants to be left alone, by its <c>Retry-After</c>: seconds, or a date.</summary>
internal static class RetryAfter
{
    /// <summary>A time of nothing, or a date that has passed, still leaves the engine a moment.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads the header; null where there is none, or nothing that can be read.</summary>
    public static TimeSpan? Of(EngineError? error, TimeProvider clock)
    {
        if (int.TryParse(error?.RetryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return Longer(TimeSpan.FromSeconds(seconds));
        }

        return DateTimeOffset.TryParseExact(error?.RetryAfter, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? Longer(date - clock.GetUtcNow()) : null;
    }

    private static TimeSpan Longer(TimeSpan asked) => asked > Shortest ? asked : Shortest;
}
