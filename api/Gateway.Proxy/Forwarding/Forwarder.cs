using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Security.Authentication;
using Gateway.Core.Errors;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Health;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Realtime;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Routing;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Proxy.Forwarding;

/// <summary>One attempt through the proxy's forwarder, and what its end means.</summary>
public sealed class Forwarder(IHttpForwarder forwarder, WebSocketForwarder sockets, DeadlineWheel wheel, Lifecycle lifecycle, TimeProvider clock)
{
    // The deadlines are the gateway's own (five, and each with a name), so the forwarder's one is off.
    private static readonly ForwarderRequestConfig Config = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
    };

    private const string RemovedHeader = "x-gateway-removed";

    /// <summary>Tries one replica.</summary>
    public ValueTask<AttemptResult> TryAsync(HttpContext context, ForwardPlan plan, Replica replica) =>
        plan.Endpoint.WebSocket ? sockets.TryAsync(context, plan, replica) : SendAsync(context, plan, replica);

    /// <summary>Says on the answer who is asked, and how many were before.</summary>
    public static void Announce(HttpResponse response, ForwardPlan plan, Replica replica)
    {
        response.Headers["x-gateway-backend"] = replica.Name;
        if (plan.Removed is not null || response.Headers.ContainsKey(RemovedHeader))
        {
            response.Headers[RemovedHeader] = plan.Removed;
        }

        response.Headers["x-gateway-attempts"] = plan.Feature.Attempts.ToString(CultureInfo.InvariantCulture);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AttemptResult> SendAsync(HttpContext context, ForwardPlan plan, Replica replica)
    {
        using var attempt = new Attempt(plan, replica, wheel, clock, context.RequestAborted, lifecycle.Ending)
        {
            Uploads = plan.Body is null && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true },
        };
        Prepare(context, plan, replica);
        var client = plan.Upstream.Backend.Client;
        var held = plan.Body is { } body ? new HeldBodySender(client, body) : null;
        var result = await forwarder.SendAsync(context, "http://engine", held ?? client, Config, new AttemptTransformer(attempt, held?.Content), attempt.Canceled);
        if (result != ForwarderError.None && !context.Response.HasStarted)
        {
            // The forwarder may have cleared the headers together with what it could not send.
            context.Response.Headers[RequestIds.Header] = plan.Feature.RequestId;
            Announce(context.Response, plan, replica);
        }

        if (context.RequestAborted.IsCancellationRequested && attempt.Relay?.End != RelayEnd.Complete)
        {
            plan.Feature.Outcome = Outcome.Canceled;
            plan.Feature.Usage = attempt.Relay is { } cut ? CountedUsage.Of(attempt, cut) : plan.Feature.Usage;
            return AttemptResult.Answered;
        }

        if (attempt.EngineError is { } engineError)
        {
            return AttemptResult.Of(engineError);
        }

        if (attempt.Failure is { } failure)
        {
            return AttemptResult.Of(failure, attempt.Kind);
        }

        return result == ForwarderError.None ? Finish(attempt, plan.Feature) : Explain(context, attempt, result);
    }

    private static void Prepare(HttpContext context, ForwardPlan plan, Replica replica)
    {
        context.Response.StatusCode = 200;
        // What an earlier attempt had begun to say was never sent.
        plan.Feature.FirstTokenAt = 0;
        context.Features.Set<IForwarderErrorFeature>(null);
        Announce(context.Response, plan, replica);
        if (plan.Body is { } body)
        {
            HeldBodySender.Hide(context);
            context.Request.Headers.TransferEncoding = default;
            context.Request.ContentLength = body.Length;
        }
    }

    private static AttemptResult Finish(Attempt attempt, GatewayFeature feature)
    {
        if (attempt.Relay is not { } relay)
        {
            feature.Outcome = Outcome.Ok;
            return AttemptResult.Answered;
        }

        feature.Usage = CountedUsage.Of(attempt, relay);
        if (relay.End == RelayEnd.Complete)
        {
            feature.Outcome = Outcome.Ok;
            return AttemptResult.Answered;
        }

        // The client was told in band. The body ends in order behind that, without the marker of a whole answer: many clients lose the
        // error where the connection breaks right behind it.
        feature.Outcome = Outcome.Interrupted;
        feature.Error = relay.EngineError?.Code ?? relay.EngineError?.Type ?? relay.Fault?.Code;
        return AttemptResult.Answered;
    }

    // The forwarder has turned whatever was thrown into one of its errors. A defect of the gateway's own is not the engine's fault.
    private static void Rethrow(HttpContext context, ForwarderError result)
    {
        if (context.Features.Get<IForwarderErrorFeature>()?.Exception is { } thrown
            && result is not (ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled or ForwarderError.RequestCanceled)
            && Innermost(thrown) is not (IOException or HttpRequestException or OperationCanceledException or InvalidDataException or SocketException or AuthenticationException))
        {
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    private static Exception Innermost(Exception thrown) => thrown is AggregateException { InnerException: { } inner } ? inner : thrown;

    // What the forwarder collected while it copied the body: what the caller's side threw is among it.
    private static GatewayError? BodyFault(HttpContext context, Attempt attempt)
    {
        var thrown = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        var limit = attempt.Plan.BodyLimit;
        return thrown is AggregateException many ? many.Flatten().InnerExceptions.Select(one => RequestFault.OfBody(one, limit)).FirstOrDefault(error => error is not null) : RequestFault.OfBody(thrown, limit);
    }

    private static AttemptResult Explain(HttpContext context, Attempt attempt, ForwarderError result)
    {
        Rethrow(context, result);
        if (context.Response.HasStarted)
        {
            attempt.Request.Outcome = Outcome.Interrupted;
            attempt.Request.Error = "stream_interrupted";
            attempt.Request.Usage = attempt.Relay is { } relay ? CountedUsage.Of(attempt, relay) : attempt.Request.Usage;
            return AttemptResult.Answered;
        }

        if (attempt.CutShort() is { } cut)
        {
            return AttemptResult.Of(cut, attempt.CutKind);
        }

        if (result is ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled)
        {
            return AttemptResult.Of(BodyFault(context, attempt) ?? GatewayError.UnreadableBody, FailureKind.Final);
        }

        var exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        return result == ForwarderError.RequestCreation || EngineFault.IsOfRequest(exception)
            ? AttemptResult.Of(GatewayError.CannotBeSent, FailureKind.Final)
            : EngineFault.Of(attempt, exception, result == ForwarderError.RequestTimedOut);
    }
}
