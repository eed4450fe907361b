using System.Globalization;
using System.Net;
using Gateway.Backends;
using Gateway.Bodies;
using Gateway.Errors;
using Gateway.Health;
using Gateway.Streams;
using Gateway.Telemetry;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Forwarding;

/// <summary>One attempt through the proxy's forwarder, and what its end means.</summary>
internal sealed class Forwarder(IHttpForwarder forwarder, DeadlineWheel wheel, Lifecycle lifecycle, TimeProvider clock)
{
    // The deadlines are the gateway's own (five, and each with a name), so the forwarder's one is off.
    private static readonly ForwarderRequestConfig Config = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
    };

    /// <summary>Tries one replica.</summary>
    /// <returns>Null when the client has its answer (or has left); else the error, with nothing sent yet.</returns>
    public async ValueTask<GatewayError?> TryAsync(HttpContext context, ForwardPlan plan, Replica replica)
    {
        using var attempt = new Attempt(plan, replica, wheel, clock, context.RequestAborted, lifecycle.Ending);
        Prepare(context, plan, replica);
        var result = await forwarder.SendAsync(context, "http://engine", plan.Upstream.Backend.Client, Config, new AttemptTransformer(attempt), attempt.Canceled);
        if (context.RequestAborted.IsCancellationRequested && attempt.Relay?.End != RelayEnd.Complete)
        {
            plan.Feature.Outcome = Outcome.Canceled;
            return null;
        }

        if (attempt.EngineError is { } engineError)
        {
            await AnswerErrorAsync(context, plan, engineError);
            return null;
        }

        return attempt.Failure ?? (result == ForwarderError.None ? Finish(attempt, plan.Feature) : Explain(context, attempt, result));
    }

    /// <summary>Nothing reached the engine, so another replica may be asked without doing anything twice.</summary>
    public static bool MayTryAnother(HttpContext context, ForwardPlan plan, GatewayError error) =>
        error.Code == "upstream_error" && IsUnreachable((context.Features.Get<IForwarderErrorFeature>()?.Exception as HttpRequestException)?.HttpRequestError)
        && !context.Response.HasStarted && (plan.Body is not null || context.Request.ContentLength is null or 0);

    private static bool IsUnreachable(HttpRequestError? error) =>
        error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;

    private static void Prepare(HttpContext context, ForwardPlan plan, Replica replica)
    {
        context.Response.StatusCode = 200;
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.Headers["x-gateway-backend"] = replica.Name;
        context.Response.Headers["x-gateway-attempts"] = plan.Feature.Attempts.ToString(CultureInfo.InvariantCulture);
        if (plan.Body is { } body)
        {
            context.Request.Body = new BodyStream(body);
            context.Request.Headers.TransferEncoding = default;
            context.Request.ContentLength = body.Length;
        }
    }

    private static Task AnswerErrorAsync(HttpContext context, ForwardPlan plan, EngineError error)
    {
        plan.Feature.Outcome = Outcome.EngineError;
        plan.Feature.Error = error.Code ?? error.Type;
        return ErrorWriter.WriteAsync(context, error, plan.Feature.AnthropicErrors);
    }

    private static GatewayError? Finish(Attempt attempt, GatewayFeature feature)
    {
        if (attempt.Relay is not { } relay)
        {
            feature.Outcome = Outcome.Ok;
            return null;
        }

        feature.Usage = relay.Usage;
        if (relay.End == RelayEnd.Complete)
        {
            feature.Outcome = Outcome.Ok;
            return null;
        }

        // The error event is on its way. The connection must not end cleanly behind it, which only a fault does without dropping the event.
        feature.Outcome = Outcome.Interrupted;
        feature.Error = relay.EngineError?.Code ?? relay.EngineError?.Type ?? relay.Fault?.Code;
        throw new StreamInterruptedException();
    }

    private static GatewayError? Explain(HttpContext context, Attempt attempt, ForwarderError result)
    {
        if (context.Response.HasStarted)
        {
            attempt.Request.Outcome = Outcome.Interrupted;
            attempt.Request.Error = "stream_interrupted";
            return null;
        }

        if (attempt.PassedDeadline() is { } late)
        {
            return late;
        }

        if (result is ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled)
        {
            return GatewayError.InvalidJson("The request body could not be read to its end.") with { ClosesConnection = true };
        }

        var exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        if (result == ForwarderError.RequestTimedOut)
        {
            attempt.Replica.ReportUnreachable();
            return GatewayError.UpstreamTimeout("connect", attempt.Plan.Upstream.Backend.Deadlines.Connect.TotalSeconds, "GATEWAY_CONNECT_TIMEOUT_SECONDS");
        }

        var kind = (exception as HttpRequestException)?.HttpRequestError;
        if (IsUnreachable(kind))
        {
            attempt.Replica.ReportUnreachable();
        }
        else
        {
            attempt.Replica.ReportSuspect();
        }

        return GatewayError.Upstream(Describe(attempt.Profile.DisplayName, kind));
    }

    private static string Describe(string engine, HttpRequestError? error)
    {
        if (error == HttpRequestError.ConnectionError)
        {
            return $"{engine} refuses connections or cannot be reached.";
        }

        if (error == HttpRequestError.NameResolutionError)
        {
            return $"The name of {engine}'s host cannot be resolved.";
        }

        if (error == HttpRequestError.SecureConnectionError)
        {
            return $"No secure connection to {engine} can be made: its certificate is not trusted or not its own.";
        }

        return error == HttpRequestError.ResponseEnded
            ? $"{engine} closed the connection before it answered."
            : $"{engine} gave no valid HTTP answer.";
    }
}
