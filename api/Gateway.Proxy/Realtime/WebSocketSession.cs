using System.Net.WebSockets;
using Gateway.Core.Errors;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Responses;

namespace Gateway.Proxy.Realtime;

/// <summary>Passes messages between a client's WebSocket and an engine's until one side closes.</summary>
/// <remarks>The other is closed with the same code. A session that the gateway ends gets an error event and a code.</remarks>
internal sealed class WebSocketSession(Attempt attempt, WebSocket client, WebSocket engine, RealtimeRules rules, TimeProvider clock)
{
    // 1001: this side goes away. 1011: it cannot go on. 1012: it restarts, come back.
    private const WebSocketCloseStatus GoingAway = WebSocketCloseStatus.EndpointUnavailable;
    private const WebSocketCloseStatus Broken = WebSocketCloseStatus.InternalServerError;
    private const WebSocketCloseStatus Restart = (WebSocketCloseStatus)1012;

    /// <summary>How long the other side may take to answer a close.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly WebSocketPump _up = new(client, engine, attempt) { Rules = rules };
    private readonly RealtimeUsage _usage = new();

    public async Task RunAsync()
    {
        var down = new WebSocketPump(engine, client, attempt, attempt.Plan.Upstream.Backend.Secret) { Usage = _usage, Charge = rules.Charge };
        var pumps = Task.WhenAll(_up.RunAsync(), down.RunAsync());
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (attempt.Stopped.Register(() => stopped.TrySetResult()))
        {
            await Task.WhenAny(_up.Ended, down.Ended, stopped.Task);
        }

        await EndAsync(down);
        await pumps.WaitAsync(CloseTimeout, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (client.State == WebSocketState.CloseReceived)
        {
            await CloseAsync(client, GoingAway, "The engine does not answer the close.");
        }

        // Reads that still wait end with the sockets they wait on.
        client.Dispose();
        engine.Dispose();
        await pumps;
        attempt.Request.Usage = _usage.Sum;
    }

    private ValueTask EndAsync(WebSocketPump down)
    {
        if (attempt.CutShort() is { } cut)
        {
            return InterruptAsync(down, cut, cut == GatewayError.ShuttingDown ? Restart : GoingAway);
        }

        if (_up.Refused is { } refused)
        {
            return InterruptAsync(down, refused, refused.Status == 413 ? WebSocketCloseStatus.MessageTooBig : WebSocketCloseStatus.PolicyViolation);
        }

        if (_up.Lost == engine || down.Lost == engine)
        {
            attempt.Replica.ReportSuspect();
            return InterruptAsync(down, GatewayError.StreamInterrupted("The connection to the engine was lost before the session was closed."), Broken);
        }

        if (_up.Lost == client || down.Lost == client || attempt.Stopped.IsCancellationRequested)
        {
            attempt.Request.Outcome = Outcome.Canceled;
            return CloseAsync(engine, GoingAway, "The client left.");
        }

        attempt.Request.Outcome = Outcome.Ok;
        return ValueTask.CompletedTask;
    }

    private async ValueTask InterruptAsync(WebSocketPump down, GatewayError error, WebSocketCloseStatus status)
    {
        attempt.Request.Outcome = Outcome.Interrupted;
        attempt.Request.Error = error.Code;

        // Between the pieces of another message an event would be a part of it.
        if (!down.InMessage)
        {
            await SendErrorAsync(error);
        }

        // Before the engine's side is closed: its answer to that would be passed on as an ordinary end.
        await CloseAsync(client, status, error.Message.Length <= 120 ? error.Message : error.Code!);
        await CloseAsync(engine, GoingAway, "The gateway ends this session.");
    }

    private async ValueTask SendErrorAsync(GatewayError error)
    {
        using var moment = new CancellationTokenSource(CloseTimeout, clock);
        try
        {
            await client.SendAsync(InBandError.Message(error, attempt.Request.RequestId).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, moment.Token);
        }
        catch (Exception e) when (WebSocketPump.IsLoss(e))
        {
            // The client has left.
        }
    }

    private async ValueTask CloseAsync(WebSocket socket, WebSocketCloseStatus status, string reason)
    {
        using var moment = new CancellationTokenSource(CloseTimeout, clock);
        try
        {
            await socket.CloseOutputAsync(status, reason, moment.Token);
        }
        catch (Exception e) when (WebSocketPump.IsLoss(e))
        {
            // It is closed already.
        }
    }
}
