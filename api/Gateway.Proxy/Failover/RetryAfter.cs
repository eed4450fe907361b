using System.Globalization;
using Gateway.Core.Errors;

namespace Gateway.Proxy.Failover;

/// <summary>How long an engine wants to be left alone, by its <c>Retry-After</c>: seconds, or a date.</summary>
internal static class RetryAfter
{
    /// <summary>A time of nothing still leaves the engine a moment.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private static readonly double Longest = TimeSpan.FromDays(366).TotalSeconds;

    /// <summary>Reads the header as whole seconds, which every client understands; null where there is nothing that can be read.</summary>
    public static int? Read(string? header, TimeProvider clock)
    {
        if (double.TryParse(header, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return Whole(seconds);
        }

        return DateTimeOffset.TryParseExact(header, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? Whole((date - clock.GetUtcNow()).TotalSeconds) : null;
    }

    /// <summary>The time for which the engine asked; null where it did not.</summary>
    public static TimeSpan? Of(EngineError? error) =>
        error?.RetryAfterSeconds is not { } seconds ? null : seconds == 0 ? Shortest : TimeSpan.FromSeconds(seconds);

    private static int Whole(double seconds) => (int)Math.Ceiling(Math.Clamp(seconds, 0, Longest));
}
