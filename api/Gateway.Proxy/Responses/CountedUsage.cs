using Gateway.Proxy.Failover;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Responses;

/// <summary>
/// The tokens of an answer as the gateway counts them. They are the engine's own numbers, but for two cases: a stream that was
/// cut, of which the pieces that were relayed count, and an engine that is known to count one of several choices or prompts.
/// </summary>
internal static class CountedUsage
{
    /// <summary>Of a stream, whole or cut. A piece with something to read in it is about a token.</summary>
    public static TokenUsage Of(Attempt attempt, SseRelay relay)
    {
        var usage = relay.Usage;
        if (relay.End != RelayEnd.Complete)
        {
            usage.Output = Math.Max(usage.Output, relay.Pieces);
            return usage;
        }

        if (usage.Known && CountsOneOfMany(attempt))
        {
            usage.Input *= attempt.Request.Prompts;
            usage.Output = Math.Max(usage.Output, relay.Pieces);
            usage.Estimated = true;
        }

        return usage;
    }

    /// <summary>Of an answer in one piece: as if all choices and prompts were as long as the one that was counted.</summary>
    public static TokenUsage Of(Attempt attempt, TokenUsage usage)
    {
        if (usage.Known && CountsOneOfMany(attempt))
        {
            usage.Input *= attempt.Request.Prompts;
            usage.Output *= attempt.Request.Prompts * attempt.Request.Choices;
            usage.Estimated = true;
        }

        return usage;
    }

    private static bool CountsOneOfMany(Attempt attempt) =>
        attempt.Profile.Responses.UsageCountsOneChoice && (attempt.Request.Choices > 1 || attempt.Request.Prompts > 1);
}
