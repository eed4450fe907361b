using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Core.Errors;

/// <summary>Turns what an engine says of a failure into what OpenAI would have said, by the rules of its profile.</summary>
public static class EngineErrorTranslator
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
    /// <param name="endpoint">What was asked for; null: it is not known.</param>
    /// <param name="limit">The caller's name for the limit of the answer's tokens; null: the engine's.</param>
    public static EngineError Translate(EngineProfile profile, int status, ReadOnlySpan<byte> body, EndpointSpec? endpoint = null, string? limit = null)
    {
        var raw = RawEngineError.Read(body);
        var seen = Seen(status, raw);
        if (seen == 401)
        {
            return EngineError.RefusedKey(profile.DisplayName, seen, raw.Message);
        }

        var message = ErrorMessage.Of(profile, raw, status);
        var param = ErrorParam.Of(profile.Errors, endpoint, raw.Param, limit);
        if (profile.Errors.Rules.FirstOrDefault(rule => Fits(rule, seen, raw)) is { } rule)
        {
            return rule.Unserved && endpoint is not null ? UnsupportedEndpoint.Said(profile, endpoint) : Ruled(profile, raw, seen, Apply(rule, seen, message, param, raw, endpoint));
        }

        if (seen == 403 && SpeaksOfKey(raw))
        {
            return EngineError.RefusedKey(profile.DisplayName, seen, raw.Message);
        }

        if (raw.IsOpenAiShape && status >= 400 && param == raw.Param && message == raw.Message)
        {
            return new EngineError(status, message, raw.Type!, raw.Param, raw.Code) { Untouched = body.ToArray() };
        }

        var mended = seen is >= 400 and <= 599 ? seen : 502;
        return new EngineError(mended, message, TypeOf(mended, raw), param, raw.Code ?? CodeOf(mended));
    }

    // A server that passes on what its runner said knows no more than that there was an error.
    private static int Seen(int status, RawEngineError raw)
    {
        var seen = status >= 400 ? status : raw.Status ?? 500;
        return seen >= 500 && raw.InnerStatus is >= 400 and < 500 ? raw.InnerStatus.Value : seen;
    }

    // 403 is also what engines say of a model or a feature that is switched off, which is for the client to know.
    private static bool SpeaksOfKey(RawEngineError raw) =>
        raw.Message.Length == 0 || raw.Type == "authentication_error" || KeyWords.Any(word => raw.Message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool Fits(ErrorRule rule, int status, RawEngineError raw) =>
        (rule.Status is null || rule.Status == status)
        && (rule.Type is null || string.Equals(rule.Type, raw.Type, StringComparison.OrdinalIgnoreCase))
        && (rule.Param is null || rule.Param == raw.Param)
        && (rule.MessageIs is null || string.Equals(rule.MessageIs, raw.Message, StringComparison.OrdinalIgnoreCase))
        && (rule.Message is null || rule.Message.Any(text => Has(raw.Message, text) || Has(raw.Wrapper, text)));

    private static bool Has(string? message, string text) => message?.Contains(text, StringComparison.OrdinalIgnoreCase) ?? false;

    private static EngineError Ruled(EngineProfile profile, RawEngineError raw, int seen, EngineError applied) =>
        applied.Status == 401 ? EngineError.RefusedKey(profile.DisplayName, seen, raw.Message) : applied;

    private static EngineError Apply(ErrorRule rule, int seen, string message, string? param, RawEngineError raw, EndpointSpec? endpoint)
    {
        var status = rule.AsStatus ?? (rule.Unserved ? 501 : seen);
        return new EngineError(
            status,
            message,
            rule.AsType ?? (rule.Unserved ? UnsupportedEndpoint.Code : TypeOf(status, raw)),
            param ?? (rule.AsPrompt ? ErrorParam.Prompt(endpoint) : rule.AsParam),
            rule.AsCode ?? (rule.Unserved ? UnsupportedEndpoint.Code : raw.Code ?? CodeOf(status)))
        {
            Once = rule.Once,
        };
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
