namespace Gateway.Core.Errors;

/// <summary>An error that the gateway itself answers, in OpenAI's words. Engines' errors keep their own message and come as <see cref="EngineError"/>.</summary>
public sealed record GatewayError(int Status, string Type, string? Code, string Message)
{
    private const string LoadingCode = "engine_loading";

    public string? Param { get; init; }

    /// <summary>Seconds for <c>Retry-After</c>, or null.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Methods for <c>Allow</c>, or null.</summary>
    public string? Allow { get; init; }

    /// <summary>Content codings for <c>Accept-Encoding</c>, or null.</summary>
    public string? AcceptEncoding { get; init; }

    /// <summary>More members of the envelope, name and raw JSON value.</summary>
    public IReadOnlyList<(string Name, string RawValue)> Extra { get; init; } = [];

    /// <summary>The connection cannot be used again: an unread body is on it.</summary>
    public bool ClosesConnection { get; init; }

    public static GatewayError MissingApiKey { get; } = new(401, "invalid_request_error", "missing_api_key",
        "The API key is missing. Send it as `Authorization: Bearer KEY` or `x-api-key: KEY`.");

    public static GatewayError InvalidApiKey { get; } = new(401, "invalid_request_error", "invalid_api_key",
        "The API key is not valid for this gateway. Ask its administrator for a key.");

    /// <param name="path">What is not there.</param>
    /// <param name="advice">What the caller may have meant. A sentence.</param>
    public static GatewayError NotFound(string path, string? advice = null) => new(404, "invalid_request_error", "not_found",
        $"The gateway has no {path}.{(advice is null ? "" : " " + advice)}");

    public static GatewayError MethodNotAllowed(string method, string path, IEnumerable<string> allowed)
    {
        var methods = string.Join(", ", allowed);
        return new(405, "invalid_request_error", "method_not_allowed", $"{path} accepts {methods}, not {method}.") { Allow = methods };
    }

    public static GatewayError TooLarge(long limit) => new(413, "invalid_request_error", "request_too_large",
        $"The request body is over this gateway's limit of {limit / (1024 * 1024)} MiB. Send a smaller body, or ask the administrator to raise GATEWAY_MAX_BODY_MB.")
    { ClosesConnection = true };

    public static GatewayError MessageTooLarge(long limit) => new(413, "invalid_request_error", "request_too_large",
        $"The message is over this gateway's limit of {limit / (1024 * 1024)} MiB (GATEWAY_MAX_BODY_MB).");

    public static GatewayError UnreadableBody { get; } = new(400, "invalid_request_error", "unreadable_body",
        "The request body could not be read completely: it is incomplete, or its chunks are not valid HTTP/1.1.")
    { ClosesConnection = true };

    public static GatewayError BodyTimeout { get; } = new(408, "invalid_request_error", "request_timeout",
        "The request body arrived too slowly, or not at all.")
    { ClosesConnection = true };

    public static GatewayError AmbiguousLength { get; } = new(400, "invalid_request_error", "ambiguous_length",
        "The length of the request body is ambiguous. Send either Content-Length or `Transfer-Encoding: chunked` (with HTTP/1.1), once, and no other transfer coding.")
    { ClosesConnection = true };

    /// <param name="coding">The one that is not known, as the caller wrote it.</param>
    /// <param name="accepted">Those that are.</param>
    public static GatewayError UnsupportedCoding(string coding, string accepted) => new(415, "invalid_request_error", "unsupported_content_encoding",
        $"The request body has the content encoding `{coding}`. This gateway accepts {accepted}, or no encoding.")
    { AcceptEncoding = accepted };

    /// <param name="codings">What the body is said to be.</param>
    public static GatewayError BrokenCoding(string codings) => new(400, "invalid_request_error", "unreadable_body",
        $"The request body does not match its Content-Encoding: it cannot be decompressed as {codings}.");

    public static GatewayError Internal { get; } = new(500, "server_error", "internal_error",
        "The gateway failed on this request because of an internal error. Its log has the details under the request id.");

    public static GatewayError OutOfMemory { get; } = new(503, "server_error", "overloaded",
        "The bodies of running requests use all the memory reserved for them (GATEWAY_BODY_MEMORY_MB). Try again soon.")
    { RetryAfterSeconds = 2 };

    public static GatewayError LineTooLong(int limit) => new(414, "invalid_request_error", "uri_too_long",
        $"The request line is over this gateway's limit of {limit / 1024} KiB. Send long values in the body.");

    public static GatewayError HeadersTooLarge(int limit, int count) => new(431, "invalid_request_error", "request_headers_too_large",
        $"The request's headers are over this gateway's limit of {limit / 1024} KiB or {count} headers. Remove unnecessary headers, such as cookies.");

    public static GatewayError InvalidJson(string what) => new(400, "invalid_request_error", "invalid_json", what);

    public static GatewayError InvalidRequest(string param, string what) => new(400, "invalid_request_error", null, what) { Param = param };

    public static GatewayError ModelNotFound(string model) => new(404, "invalid_request_error", "model_not_found",
        $"The model '{model}' does not exist. GET /v1/models lists the available models.")
    { Param = "model" };

    public static GatewayError UpgradeRequired(string path) => new(426, "invalid_request_error", "upgrade_required",
        $"{path} is a WebSocket: connect to it with ws:// or wss:// instead of sending an ordinary request.");

    public static GatewayError OriginNotAllowed(string origin) => new(403, "invalid_request_error", "origin_not_allowed",
        $"Pages of {origin} may not use this gateway: it has no keys and does not list that origin. Ask its administrator to set API_KEYS, or to list the origin in GATEWAY_CORS_ORIGINS.");

    public static GatewayError HostNotAllowed(string host) => new(403, "invalid_request_error", "host_not_allowed",
        $"This gateway has no keys and answers only this host, under names such as localhost, not {host}. Ask its administrator to set API_KEYS, or to list the page's origin in GATEWAY_CORS_ORIGINS.");

    public static GatewayError NoModelNamed { get; } = new(403, "invalid_request_error", "model_not_allowed",
        "This API key may use only some of the models, and this request names no model.")
    { Param = "model" };

    /// <param name="param">The member that refers to one; null: the route is theirs.</param>
    public static GatewayError ObjectsClosed(string? param) => new(403, "invalid_request_error", "stored_objects_closed",
        "Stored objects (files, batches, stored responses, conversations, threads, vector stores, …) are shared by all keys of this gateway, so they are disabled when there are several keys. "
        + "Keep state in your application, or ask the administrator to enable them for one key (GATEWAY_OBJECT_KEYS).")
    { Param = param };

    public static GatewayError Upstream(string what) => new(502, "server_error", "upstream_error", what);

    /// <summary>The request cannot be put into words that the engine's protocol knows.</summary>
    public static GatewayError CannotBeSent { get; } = new(400, "invalid_request_error", "invalid_request",
        "The request cannot be forwarded: a header or its path has characters that HTTP does not allow there.");

    /// <param name="engine">Its name for people.</param>
    /// <param name="progress">How far it is, where that is known.</param>
    public static GatewayError EngineLoading(string engine, string? progress = null) => new(503, "server_error", LoadingCode,
        $"{engine} is still starting or loading its model{(progress is null ? "" : ": " + progress)}. Try again soon.")
    { RetryAfterSeconds = SecondsToWait(LoadingCode) };

    /// <param name="engine">Its name for people.</param>
    /// <param name="trouble">Why it cannot be reached, where that is known.</param>
    public static GatewayError EngineUnavailable(string engine, string? trouble = null) => new(503, "server_error", "engine_unavailable",
        $"{engine} is not reachable at the moment{(trouble is null ? "" : ": " + trouble)}. Try again soon.")
    { RetryAfterSeconds = SecondsToWait("engine_unavailable") };

    /// <param name="engine">Its name for people.</param>
    public static GatewayError EngineAsleep(string engine) => new(503, "server_error", "engine_unavailable",
        $"{engine} is asleep: it was put to sleep or paused and would not answer this request. Its administrator has to resume it.")
    { RetryAfterSeconds = SecondsToWait("engine_unavailable") };

    /// <summary>After how many seconds to come back to an engine that cannot answer now and does not say itself when it can.</summary>
    public static int SecondsToWait(string? code) => code == LoadingCode ? 5 : 2;

    public static GatewayError Overloaded(string what, int retryAfter) => new(503, "server_error", "overloaded", what) { RetryAfterSeconds = retryAfter };

    public static GatewayError ShuttingDown { get; } = new(503, "server_error", "engine_unavailable",
        "This gateway is shutting down. Try again: another instance will answer.")
    { RetryAfterSeconds = 2, ClosesConnection = true };

    public static GatewayError FirstTokenTimeout(double seconds, string setting) => new(504, "server_error", "first_token_timeout",
        FormattableString.Invariant($"The engine sent no token within {seconds} s ({setting})."));

    public static GatewayError UpstreamTimeout(string deadline, double seconds, string setting) => new(504, "server_error", "upstream_timeout",
        FormattableString.Invariant($"The engine exceeded the {deadline} deadline of {seconds} s ({setting})."));

    /// <summary>In band, once a stream has begun.</summary>
    public static GatewayError StreamInterrupted(string what) => new(502, "server_error", "stream_interrupted", what);
}
