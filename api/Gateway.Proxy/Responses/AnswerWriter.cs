using System.Globalization;
using Gateway.Core.Errors;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Translation;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Proxy.Responses;

/// <summary>Writes the client's answer: the engine's headers, and a buffered body; or the error.</summary>
internal static class AnswerWriter
{
    private const string RemovedHeader = "x-gateway-removed";

    /// <summary>Writes the headers of an engine's answer, and its body where it is buffered.</summary>
    /// <returns>True when the forwarder has the body to copy.</returns>
    public static async ValueTask<bool> BeginAsync(HttpContext context, RequestAttempts attempts, HttpResponseMessage response)
    {
        var (attempt, target) = (attempts.Attempt!, context.Response);
        context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = null;
        Announce(target, attempts);
        target.Headers["Server-Timing"] = attempt.Timing;
        attempt.Plan.Upstream.Headers.CopyResponse(response, attempt.Answer.EngineContent ?? response.Content, target, attempt.Answer.Decoded);
        if (attempt.Answer.ContentType is { } type)
        {
            target.ContentType = type;
        }

        if (attempt.Answer.Relay is not null && attempt.Answer.Buffered is null)
        {
            target.Headers["X-Accel-Buffering"] = "no";
            target.Headers.CacheControl = "no-cache";
            target.ContentType = AnswerMedia.IsCommon(target.ContentType) ? target.ContentType : AnswerMedia.EventStream;
            return true;
        }

        if (attempt.Answer.Buffered is null)
        {
            target.ContentLength = attempt.Answer.Length;
            return attempt.Answer.EngineStatus is not (204 or 205);
        }

        target.ContentLength = attempt.Answer.Bytes.Length;
        await target.Body.WriteAsync(attempt.Answer.Bytes, context.RequestAborted);
        return false;
    }

    /// <summary>Answers with the error of the last attempt. Nothing was sent before.</summary>
    public static Task WriteFailureAsync(HttpContext context, RequestAttempts attempts, AttemptResult result)
    {
        var feature = attempts.Feature;
        Note(feature, result);
        if (attempts.Tried.Length > 0)
        {
            Announce(context.Response, attempts);
        }

        return result.EngineError is { } error
            ? ErrorWriter.WriteAsync(context, Worded(attempts, error), feature.AnthropicErrors)
            : ErrorWriter.WriteAsync(context, result.Failure!, feature.AnthropicErrors);
    }

    /// <summary>The event that ends a stream of which only comments were sent.</summary>
    public static byte[] FailureEvent(GatewayFeature feature, AttemptResult result)
    {
        Note(feature, result);
        return result.EngineError is { } error
            ? InBandError.Event(feature.Endpoint!.Stream, error)
            : InBandError.Event(feature.Endpoint!.Stream, result.Failure!);
    }

    /// <summary>Says which replica answers, and how many were asked.</summary>
    public static void Announce(HttpResponse response, RequestAttempts attempts)
    {
        response.Headers["x-gateway-backend"] = (attempts.Answerer ?? attempts.Tried[^1]).Name;
        if (attempts.Lease.Plan.Removed is { } removed)
        {
            response.Headers[RemovedHeader] = removed;
        }

        response.Headers["x-gateway-attempts"] = attempts.Feature.Attempts.ToString(CultureInfo.InvariantCulture);
    }

    // Clients of the Messages API know a prompt that is too long by Anthropic's own words.
    private static EngineError Worded(RequestAttempts attempts, EngineError error) =>
        attempts.Feature.AnthropicErrors && attempts.Lease.Plan?.Translation is not null ? error with { Message = MessagesFailure.Words(error.Code, error.Message) } : error;

    private static void Note(GatewayFeature feature, AttemptResult result)
    {
        feature.Outcome = result.EngineError is null ? Outcome.GatewayError : Outcome.EngineError;
        feature.Error = result.EngineError is { } error ? error.Code ?? error.Type : result.Failure!.Code ?? result.Failure.Type;
    }
}
