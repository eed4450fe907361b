using System.Diagnostics;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Telemetry;

/// <summary>The spans of one request: itself, its waits, its attempts.</summary>
/// <remarks>Names and attributes are those of OpenTelemetry's GenAI conventions.</remarks>
internal static class RequestSpans
{
    private const int LongestText = 128;

    /// <summary>The request waited so long for its place, until now.</summary>
    public static void Waited(GatewayFeature request, string backend, DateTimeOffset now, TimeSpan wait)
    {
        if (request.Span is { } span)
        {
            using var queue = span.Source.StartActivity("queue", ActivityKind.Internal, span.Context, startTime: now - wait);
            queue?.SetTag("gateway.backend", backend);
            queue?.SetEndTime(now.UtcDateTime);
        }
    }

    /// <summary>A replica is about to be asked.</summary>
    public static Activity? StartAttempt(GatewayFeature request, string backend, string replica, Uri address)
    {
        if (request.Span is not { } span)
        {
            return null;
        }

        var attempt = span.Source.StartActivity("attempt", ActivityKind.Client, span.Context);
        attempt?.SetTag("gateway.backend", backend);
        attempt?.SetTag("gateway.replica", replica);
        attempt?.SetTag("gateway.attempt", request.Attempts);
        attempt?.SetTag("server.address", address.Host);
        attempt?.SetTag("server.port", address.Port);
        return attempt;
    }

    /// <summary>The first piece with something to read in it has come.</summary>
    public static void FirstToken(Activity? attempt, DateTimeOffset now) => attempt?.AddEvent(new ActivityEvent("gen_ai.first_token", now));

    /// <summary>The attempt is over.</summary>
    public static void EndAttempt(Activity? attempt, int status, string? error)
    {
        if (attempt is null)
        {
            return;
        }

        if (status != 0)
        {
            attempt.SetTag("http.response.status_code", status);
        }

        Fail(attempt, error);
        attempt.Dispose();
    }

    /// <summary>The request is over.</summary>
    public static void End(GatewayFeature request, string method, int status)
    {
        if (request.Span is not { } span)
        {
            return;
        }

        if (span.IsAllDataRequested)
        {
            Describe(request, span, method, status);
        }

        span.Dispose();
    }

    /// <summary>The headers that make the engine's own spans a part of this trace.</summary>
    public static (string TraceParent, string? TraceState)? Context(GatewayFeature request, Activity? attempt) =>
        (attempt ?? request.Span) is { Id: { } id } span ? (id, span.TraceStateString) : null;

    private static void Describe(GatewayFeature request, Activity span, string method, int status)
    {
        var operation = Operation(request.Endpoint);
        var model = request.Model is { Length: > LongestText } name ? name[..LongestText] : request.Model;
        span.DisplayName = operation is null ? $"{method} {request.Endpoint?.Route ?? "other"}" : model is null ? operation : $"{operation} {model}";
        span.SetTag("http.request.method", method);
        span.SetTag("http.route", request.Endpoint?.Route);
        span.SetTag("http.response.status_code", status);
        span.SetTag("gateway.request_id", request.RequestId);
        span.SetTag("gateway.key", request.KeyName);
        span.SetTag("gateway.backend", request.Backend);
        span.SetTag("gateway.attempts", request.Attempts);
        span.SetTag("gen_ai.operation.name", operation);
        span.SetTag("gen_ai.request.model", model);
        span.SetTag("gen_ai.response.model", request.ServedModel);
        if (request.Usage.Known)
        {
            span.SetTag("gen_ai.usage.input_tokens", request.Usage.Input);
        }

        if (request.Usage.Counted)
        {
            span.SetTag("gen_ai.usage.output_tokens", request.Usage.Output);
        }

        Fail(span, request.Outcome is Outcome.Ok or Outcome.Pending ? null : ErrorCause.Of(request));
    }

    private static void Fail(Activity span, string? error)
    {
        if (error is not null)
        {
            span.SetTag("error.type", error);
            span.SetStatus(ActivityStatusCode.Error, error);
        }
    }

    private static string? Operation(EndpointSpec? endpoint)
    {
        if (endpoint is null)
        {
            return null;
        }

        if (endpoint.Id is EndpointId.ChatCompletions or EndpointId.Messages or EndpointId.Responses)
        {
            return "chat";
        }

        return endpoint.Id == EndpointId.Completions ? "text_completion" : endpoint.Id == EndpointId.Embeddings ? "embeddings" : null;
    }
}
