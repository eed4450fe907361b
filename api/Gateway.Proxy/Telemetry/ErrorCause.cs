using System.Collections.Frozen;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Telemetry;

/// <summary>The cause of a failed request as a label: a code that is known here, never whatever text an engine made up.</summary>
internal static class ErrorCause
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "missing_api_key", "invalid_api_key", "model_not_found", "not_found", "method_not_allowed", "request_too_large", "invalid_json", "invalid_request_error",
        "unreadable_body", "request_timeout", "ambiguous_length", "unsupported_content_encoding", "uri_too_long", "request_headers_too_large", "internal_error",
        "rate_limit_exceeded", "insufficient_quota", "unsupported_endpoint", "upstream_error", "engine_loading", "engine_unavailable", "overloaded",
        "first_token_timeout", "upstream_timeout", "stream_interrupted", "context_length_exceeded", "server_error");

    public static string Of(GatewayFeature request)
    {
        if (request.Outcome == Outcome.Canceled)
        {
            return "canceled";
        }

        var error = request.Error ?? "";
        return Known.TryGetValue(error, out var known) ? known : request.Outcome == Outcome.Interrupted ? "stream_interrupted" : "other";
    }
}
