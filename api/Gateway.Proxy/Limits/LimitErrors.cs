using Gateway.Core.Configuration;
using Gateway.Core.Errors;

namespace Gateway.Proxy.Limits;

/// <summary>The errors for a key over a limit, in the wording of OpenAI.</summary>
internal static class LimitErrors
{
    /// <summary>Seconds. Clients give up when they are to wait a minute; a per-minute limit has room soon after this time.</summary>
    private const int MaxWaitSeconds = 59;

    public static GatewayError Requests(ClientKey key, KeyUse use, int wait) => Rate("requests", FormattableString.Invariant(
        $"Rate limit reached for the key {key.Name} on requests per minute (RPM): Limit {key.Limits.RequestsPerMinute}, Used {use.Requests.Sum}, Requested 1. Please try again in {wait}s."), wait);

    public static GatewayError Tokens(ClientKey key, KeyUse use, long wanted, int wait) => Rate("tokens", FormattableString.Invariant(
        $"Rate limit reached for the key {key.Name} on tokens per minute (TPM): Limit {key.Limits.TokensPerMinute}, Used {use.Tokens.Sum}, Reserved {use.Held}, Requested {wanted}. Please try again in {wait}s."), wait);

    public static GatewayError Concurrency(ClientKey key, int wait) => Rate("requests", FormattableString.Invariant(
        $"Rate limit reached for the key {key.Name} on concurrent requests: Limit {key.Limits.MaxConcurrency}. Please try again when one of them has finished."), wait);

    public static GatewayError MonthHeld(ClientKey key, int wait) => Rate("tokens", FormattableString.Invariant(
        $"Rate limit reached for the key {key.Name}: its running requests may use the rest of the {key.Limits.MonthlyTokens} tokens for this month. Please try again when one of them has finished."), wait);

    public static GatewayError Month(ClientKey key, DateTimeOffset now)
    {
        var next = new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
        return new GatewayError(429, "insufficient_quota", "insufficient_quota", FormattableString.Invariant(
            $"The key {key.Name} has used up its {key.Limits.MonthlyTokens} tokens for this month. The quota renews on {next:yyyy-MM-dd} at 00:00 UTC; the administrator can raise monthly_tokens."))
        {
            RetryAfterSeconds = (int)Math.Ceiling((next - now).TotalSeconds),
        };
    }

    private static GatewayError Rate(string type, string message, int wait) =>
        new(429, type, "rate_limit_exceeded", message) { RetryAfterSeconds = Math.Min(wait, MaxWaitSeconds) };
}
