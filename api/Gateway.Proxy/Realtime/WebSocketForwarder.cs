using System.Net.WebSockets;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Health;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Routing;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gateway.Proxy.Realtime;

/// <summary>
/// One attempt at an engine's WebSocket. The client's own upgrade is answered only when the engine's has been, so that whatever
/// fails before is an ordinary error with its status, and may be tried elsewhere.
/// </summary>
public sealed class WebSocketForwarder(GatewaySettings settings, KeyLimiter limiter, DeadlineWheel wheel, Lifecycle lifecycle, TimeProvider clock)
{
    // Told by pings of their own, so that a peer which is gone without a word is noticed in half a minute.
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(15);

    private static readonly WebSocketMiddleware Recognizer =
        new(static _ => Task.CompletedTask, Options.Create(new WebSocketOptions()), NullLoggerFactory.Instance);

    /// <summary>Tries one replica; the result's <see cref="AttemptResult.Rest"/> is the session.</summary>
    public async ValueTask<AttemptResult> TryAsync(HttpContext context, ForwardPlan plan, Replica replica)
    {
        await Recognizer.Invoke(context);
        if (!context.WebSockets.IsWebSocketRequest)
        {
            return AttemptResult.Of(GatewayError.UpgradeRequired(plan.Endpoint.Route), FailureKind.Final);
        }

        var attempt = new Attempt(plan, replica, wheel, clock, context.RequestAborted, lifecycle.Ending);
        AttemptResult? result = null;
        try
        {
            result = await ConnectAsync(attempt, context);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or OperationCanceledException)
        {
            result = Explain(attempt, context, e);
        }
        finally
        {
            if (result?.Rest is null)
            {
                attempt.Dispose();
            }
        }

        return result;
    }

    private async Task<AttemptResult> ConnectAsync(Attempt attempt, HttpContext context)
    {
        using var canceled = CancellationTokenSource.CreateLinkedTokenSource(attempt.Canceled, context.RequestAborted);
        using var handshake = new WebSocketHandshake(attempt.Plan, attempt.Replica, context.Request);
        Forwarder.Announce(context.Response, attempt.Plan, attempt.Replica);
        attempt.Sent();
        var response = await attempt.Plan.Upstream.Backend.Client.SendAsync(handshake.Request, canceled.Token);
        attempt.HeadersCame(streamed: false);
        attempt.EngineStatus = (int)response.StatusCode;
        if (!handshake.IsAccepted(response))
        {
            using var refused = response;
            return await RefusalAsync(attempt, response, canceled.Token);
        }

        var engine = WebSocket.CreateFromStream(
            await response.Content.ReadAsStreamAsync(canceled.Token),
            new WebSocketCreationOptions { SubProtocol = handshake.Chosen(response), KeepAliveInterval = Ping, KeepAliveTimeout = Ping });
        attempt.Plan.Upstream.Headers.CopyResponse(response, context.Response, decoded: false);
        WebSocketHandshake.RemoveHeaders(context.Response.Headers);
        return new AttemptResult(FailureKind.None) { Rest = () => RunAsync(attempt, context, engine, handshake.ForClient(engine.SubProtocol)) };
    }

    private async Task RunAsync(Attempt attempt, HttpContext context, WebSocket engine, string? subProtocol)
    {
        using var ended = attempt;
        using var upstream = engine;
        using var client = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { SubProtocol = subProtocol, KeepAliveInterval = Ping, KeepAliveTimeout = Ping });
        attempt.Request.Streamed = true;
        attempt.Commit();
        await new WebSocketSession(attempt, client, engine, new RealtimeRules(settings, limiter, attempt.Request, attempt.Plan.Upstream), clock).RunAsync();
    }

    private static async ValueTask<AttemptResult> RefusalAsync(Attempt attempt, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (attempt.EngineStatus >= 400)
        {
            await AnswerJudge.ReadErrorAsync(attempt, response, cancellationToken);
            return AttemptResult.Of(attempt.EngineError!);
        }

        return AttemptResult.Of(
            GatewayError.Upstream(FormattableString.Invariant($"{attempt.Profile.DisplayName} answered {attempt.EngineStatus} where a WebSocket was asked for.")),
            FailureKind.Final);
    }

    private static AttemptResult Explain(Attempt attempt, HttpContext context, Exception exception)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            attempt.Request.Outcome = Outcome.Canceled;
            return AttemptResult.Answered;
        }

        return attempt.CutShort() is { } cut
            ? AttemptResult.Of(cut, attempt.CutKind)
            : EngineFault.IsOfRequest(exception) ? AttemptResult.Of(GatewayError.CannotBeSent, FailureKind.Final)
            : EngineFault.Of(attempt, exception, connectTimedOut: exception is OperationCanceledException);
    }
}
