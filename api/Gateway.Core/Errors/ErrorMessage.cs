using Gateway.Engines;

namespace Gateway.Core.Errors;

/// <summary>What a caller is told of an engine's error: the engine's own words without its inside, or words for one that says nothing.</summary>
internal static class ErrorMessage
{
    public static string Of(EngineProfile profile, RawEngineError raw, int status)
    {
        var message = profile.Errors.Traces.Any(trace => raw.Message.Contains(trace, StringComparison.OrdinalIgnoreCase)) ? "" : raw.Message;
        foreach (var tail in profile.Errors.Tails)
        {
            if (message.IndexOf(tail, StringComparison.Ordinal) is > 0 and var at)
            {
                message = message[..at].TrimEnd();
            }
        }

        return message.Length > 0 ? message : Default(profile, status);
    }

    private static string Default(EngineProfile profile, int status) => status switch
    {
        429 => $"{profile.DisplayName} is overloaded.",
        503 => $"{profile.DisplayName} is not available.",
        200 => $"{profile.DisplayName} failed halfway through its answer.",
        _ => FormattableString.Invariant($"{profile.DisplayName} answered {status} without a reason."),
    };
}
