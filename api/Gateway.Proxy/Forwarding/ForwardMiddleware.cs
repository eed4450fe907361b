using System.Net;
using System.Runtime.ExceptionServices;
using Gateway.Core.Errors;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Realtime;
using Gateway.Proxy.Responses;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Proxy.Forwarding;

/// <summary>The last step: the request goes through the proxy's forwarder, once, and its end is noted.</summary>
internal sealed class ForwardMiddleware(RequestDelegate next, IHttpForwarder forwarder, EngineInvoker engines, WebSocketForwarder sockets, FailoverPolicy failover)
{
    // The deadlines are the gateway's own (five, and each with a name), so the forwarder's one is off.
    private static readonly ForwarderRequestConfig Config = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
    };

    public async Task InvokeAsync(HttpContext context)
    {
        _ = next;
        var feature = context.Proxy();
        await using var attempts = new RequestAttempts(context, feature, failover);
        feature.Run = attempts;
        if (feature.Endpoint!.WebSocket)
        {
            await sockets.ForwardAsync(context, attempts);
            return;
        }

        var result = await forwarder.SendAsync(context, feature.Targets[0].Backend.Replicas[0].Address.Text, engines, Config, EngineTransformer.Instance, CancellationToken.None);
        if (attempts.Defect is { } defect)
        {
            ExceptionDispatchInfo.Throw(defect);
        }

        if (context.RequestAborted.IsCancellationRequested && attempts.Attempt?.Answer.Relay?.End != RelayEnd.Complete)
        {
            Interrupt(attempts, Outcome.Canceled);
        }
        else if (result != ForwarderError.None)
        {
            await ExplainAsync(context, attempts, result);
        }
        else if (feature.Outcome == Outcome.Pending)
        {
            Finish(feature, attempts.Attempt?.Answer.Relay, attempts.Attempt!);
        }
    }

    private static void Finish(GatewayFeature feature, SseRelay? relay, Attempt attempt)
    {
        if (relay is null)
        {
            feature.Outcome = Outcome.Ok;
            return;
        }

        feature.Usage = CountedUsage.Of(attempt, relay);
        if (relay.End == RelayEnd.Complete)
        {
            feature.Outcome = Outcome.Ok;
            return;
        }

        // The client has the error as the last event. The body then ends normally, without the end marker: many clients lose the
        // error where the connection breaks right behind it.
        feature.Outcome = Outcome.Interrupted;
        feature.Error = relay.EngineError?.Code ?? relay.EngineError?.Type ?? relay.Fault?.Code;
    }

    private static void Interrupt(RequestAttempts attempts, Outcome outcome)
    {
        attempts.Feature.Outcome = outcome;
        if (attempts.Attempt is { Answer.Relay: { } relay } attempt)
        {
            attempts.Feature.Usage = CountedUsage.Of(attempt, relay);
        }
    }

    private static async Task ExplainAsync(HttpContext context, RequestAttempts attempts, ForwarderError error)
    {
        var thrown = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        Rethrow(thrown, error);
        if (context.Response.HasStarted)
        {
            attempts.Feature.Error = "stream_interrupted";
            Interrupt(attempts, Outcome.Interrupted);
            return;
        }

        // The forwarder has cleared the headers together with what it could not send.
        context.Response.Headers[RequestIds.Header] = attempts.Feature.RequestId;
        var result = Explain(attempts, thrown, error);
        attempts.Attempt?.Settle(result);
        await AnswerWriter.WriteFailureAsync(context, attempts, result);
    }

    private static AttemptResult Explain(RequestAttempts attempts, Exception? thrown, ForwarderError error)
    {
        if (attempts.Attempt?.CutShort() is { } cut)
        {
            return AttemptResult.Of(cut, attempts.Attempt.CutKind);
        }

        if (error is ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled)
        {
            return AttemptResult.Of(BodyFault(thrown, attempts.Feature.Snapshot.Settings.MaxBodyBytes) ?? GatewayError.UnreadableBody, FailureKind.Final);
        }

        return error == ForwarderError.RequestCreation || attempts.Attempt is null || EngineFault.IsOfRequest(thrown)
            ? AttemptResult.Of(GatewayError.CannotBeSent, FailureKind.Final)
            : EngineFault.Of(attempts.Attempt, thrown, error == ForwarderError.RequestTimedOut);
    }

    // The forwarder has turned whatever was thrown into one of its errors. A defect of the gateway's own is not the engine's fault.
    private static void Rethrow(Exception? thrown, ForwarderError error)
    {
        if (thrown is not null
            && error is not (ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled or ForwarderError.RequestCanceled)
            && !ReplicaHandler.IsOfEngine(thrown is AggregateException { InnerException: { } inner } ? inner : thrown))
        {
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    // What the forwarder collected while it copied the body: what the caller's side threw is among it.
    private static GatewayError? BodyFault(Exception? thrown, long limit) => thrown is AggregateException many
        ? many.Flatten().InnerExceptions.Select(one => RequestFault.OfBody(one, limit)).FirstOrDefault(error => error is not null)
        : RequestFault.OfBody(thrown, limit);
}
