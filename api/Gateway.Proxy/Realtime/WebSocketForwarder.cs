using System.Net;
using System.Net.WebSockets;
using Gateway.Core.Errors;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Responses;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gateway.Proxy.Realtime;

/// <summary>Connects a client's WebSocket with an engine's.</summary>
/// <remarks>The client's upgrade is answered after the engine's, so that a failure before is an ordinary error and may be
/// retried.</remarks>
internal sealed class WebSocketForwarder(KeyLimiter limiter, EngineInvoker engines, TimeProvider clock)
{
    // Sent by both legs, so that a peer which is gone without a word is noticed in half a minute.
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(15);

    private static readonly WebSocketMiddleware Recognizer =
        new(static _ => Task.CompletedTask, Options.Create(new WebSocketOptions()), NullLoggerFactory.Instance);

    /// <summary>Asks one replica after another for the upgrade, and runs the session.</summary>
    public async Task ForwardAsync(HttpContext context, RequestAttempts attempts)
    {
        await Recognizer.Invoke(context);
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Refusal.WriteAsync(context, GatewayError.UpgradeRequired(attempts.Feature.Endpoint!.Route));
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, attempts.Targets[0].Backend.Replicas[0].Address.Api)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        attempts.AttachTo(request);
        try
        {
            using var response = await engines.SendAsync(request, context.RequestAborted);
            await (response is FailureResponse failure ? AnswerWriter.WriteFailureAsync(context, attempts, failure.Result) : RunAsync(context, attempts, response));
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && ReplicaHandler.IsOfEngine(e))
        {
            attempts.Feature.Outcome = Outcome.Canceled;
        }
    }

    /// <summary>Inspects the engine's answer to the upgrade.</summary>
    /// <returns>Null where it was accepted; else why there is no session.</returns>
    public static async ValueTask<AttemptResult?> InspectAsync(Attempt attempt, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        attempt.HeadersCame(streamed: false);
        if (attempt.Handshake!.IsAccepted(response))
        {
            return null;
        }

        return attempt.Answer.EngineStatus >= 400
            ? await AnswerInspection.ReadErrorAsync(attempt, response, cancellationToken)
            : AttemptResult.Of(
                GatewayError.Upstream(FormattableString.Invariant($"{attempt.Profile.DisplayName} answered {attempt.Answer.EngineStatus} instead of opening a WebSocket.")),
                FailureKind.Final);
    }

    private async Task RunAsync(HttpContext context, RequestAttempts attempts, HttpResponseMessage response)
    {
        var attempt = attempts.Attempt!;
        using var engine = WebSocket.CreateFromStream(
            await response.Content.ReadAsStreamAsync(context.RequestAborted),
            new WebSocketCreationOptions { SubProtocol = attempt.Handshake!.Chosen(response), KeepAliveInterval = Ping, KeepAliveTimeout = Ping });
        AnswerWriter.Announce(context.Response, attempts);
        attempt.Plan.Upstream.Headers.CopyResponse(response, response.Content, context.Response, decoded: false);
        WebSocketHandshake.RemoveHeaders(context.Response.Headers);
        using var client = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { SubProtocol = attempt.Handshake.ForClient(engine.SubProtocol), KeepAliveInterval = Ping, KeepAliveTimeout = Ping });
        attempt.Request.Streamed = true;
        attempt.Commit();
        var rules = new RealtimeRules(attempts.Feature.Snapshot.Settings, limiter, attempt.Request, attempt.Plan.Upstream);
        await new WebSocketSession(attempt, client, engine, rules, clock).RunAsync();
    }
}
