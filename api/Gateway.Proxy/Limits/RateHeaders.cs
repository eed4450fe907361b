using System.Globalization;
using Gateway.Core.Configuration;

namespace Gateway.Proxy.Limits;

/// <summary>The <c>x-ratelimit-…</c> headers, as OpenAI words them.</summary>
/// <remarks>The limit, what is left of it, and how long until all of it is back.</remarks>
internal static class RateHeaders
{
    public static void Write(IHeaderDictionary answer, KeyLimits limits, KeyUse use, double now)
    {
        if (limits.RequestsPerMinute is { } requests)
        {
            answer["x-ratelimit-limit-requests"] = Number(requests);
            answer["x-ratelimit-remaining-requests"] = Number(Math.Max(0, requests - use.Requests.Sum));
            answer["x-ratelimit-reset-requests"] = Duration(use.Requests.SecondsUntilFree(now, use.Requests.Sum) ?? 0);
        }

        WriteTokens(answer, limits, use, now);
    }

    /// <summary>Those of tokens alone, when only these have changed.</summary>
    public static void WriteTokens(IHeaderDictionary answer, KeyLimits limits, KeyUse use, double now)
    {
        if (limits.TokensPerMinute is { } tokens)
        {
            answer["x-ratelimit-limit-tokens"] = Number(tokens);
            answer["x-ratelimit-remaining-tokens"] = Number(Math.Max(0, tokens - use.Tokens.Sum - use.Held));
            // Reserved tokens are used later, and leave the window a minute after that at the earliest.
            answer["x-ratelimit-reset-tokens"] = use.Held > 0 ? "1m0s" : Duration(use.Tokens.SecondsUntilFree(now, use.Tokens.Sum) ?? 0);
        }
    }

    /// <summary>As Go writes durations: <c>120ms</c>, <c>8.64s</c>, <c>1m0s</c>.</summary>
    public static string Duration(double seconds)
    {
        if (seconds < 1)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(seconds * 1000):0}ms");
        }

        var minutes = Math.Floor(seconds / 60);
        return minutes == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###}s")
            : string.Create(CultureInfo.InvariantCulture, $"{minutes}m{seconds - (minutes * 60):0.###}s");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
