using Gateway.Engines;

namespace Gateway.Errors;

/// <summary>Turns what an engine says of a failure into what OpenAI would have said, by the rules of its profile.</summary>
internal static class EngineErrorTranslator
{
    /// <summary>Types that OpenAI's own service uses; any other is an engine's word and is replaced.</summary>
    private static readonly HashSet<string> OpenAiTypes =
        ["invalid_request_error", "authentication_error", "permission_error", "not_found_error", "rate_limit_error", "rate_limit_exceeded", "insufficient_quota",
         "tokens", "requests", "server_error", "api_error", "image_generation_user_error", "exceeded_current_quota_error"];

    private static readonly string[] KeyWords =
        ["api key", "api_key", "api-key", "apikey", "invalid key", "invalid token", "access token", "bearer", "credential", "authenticat", "authorization", "unauthorized", "forbidden", "access denied"];

    /// <summary>Translates one error.</summary>
    /// <param name="profile">The engine that sent it.</param>
    /// <param name="status">The HTTP status; 200 for an error inside an answer that claimed success.</param>
    /// <param name="body">The body, or the data of the event.</param>
    public static EngineError Translate(EngineProfile profile, int status, ReadOnlySpan<byte> body)
    {
        var raw = RawEngineError.Read(body);
        var seen = status >= 400 ? status : raw.Status ?? 500;
        if (seen == 401)
        {
            return EngineError.RefusedKey(profile.DisplayName, seen, raw.Message);
        }

        var message = raw.Message.Length > 0 ? raw.Message : DefaultMessage(profile, status);
        foreach (var rule in profile.Errors.Rules)
        {
            if (Fits(rule, seen, raw))
            {
                var applied = Apply(rule, seen, message, raw);
                return applied.Status == 401 ? EngineError.RefusedKey(profile.DisplayName, seen, raw.Message) : applied;
            }
        }

        if (seen == 403 && SpeaksOfKey(raw))
        {
            return EngineError.RefusedKey(profile.DisplayName, seen, raw.Message);
        }

        if (raw.IsOpenAiShape && status >= 400)
        {
            return new EngineError(status, message, raw.Type!, raw.Param, raw.Code) { Untouched = body.ToArray() };
        }

        var mended = seen is >= 400 and <= 599 ? seen : 502;
        return new EngineError(mended, message, TypeOf(mended, raw), raw.Param, raw.Code ?? CodeOf(mended));
    }

    // 403 is also what engines say of a model or a feature that is switched off, which is for the client to know.
    private static bool SpeaksOfKey(RawEngineError raw) =>
        raw.Message.Length == 0 || raw.Type == "authentication_error" || KeyWords.Any(word => raw.Message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string DefaultMessage(EngineProfile profile, int status) => status switch
    {
        429 => $"{profile.DisplayName} is overloaded.",
        503 => $"{profile.DisplayName} is not available.",
        _ => FormattableString.Invariant($"{profile.DisplayName} answered {status} without saying why."),
    };

    private static bool Fits(ErrorRule rule, int status, RawEngineError raw) =>
        (rule.Status is null || rule.Status == status)
        && (rule.Type is null || string.Equals(rule.Type, raw.Type, StringComparison.OrdinalIgnoreCase))
        && (rule.Message is null || rule.Message.Any(text => raw.Message.Contains(text, StringComparison.OrdinalIgnoreCase)));

    private static EngineError Apply(ErrorRule rule, int seen, string message, RawEngineError raw)
    {
        var status = rule.AsStatus ?? seen;
        return new EngineError(
            status,
            message,
            rule.AsType ?? TypeOf(status, raw),
            raw.Param ?? rule.AsParam,
            rule.AsCode ?? raw.Code ?? CodeOf(status));
    }

    private static string TypeOf(int status, RawEngineError raw)
    {
        if (raw.Type is { } type && OpenAiTypes.Contains(type))
        {
            return type;
        }

        return status switch
        {
            429 => "rate_limit_error",
            >= 500 => "server_error",
            _ => "invalid_request_error",
        };
    }

    private static string? CodeOf(int status) => status switch
    {
        429 => "rate_limit_exceeded",
        _ => null,
    };
}
