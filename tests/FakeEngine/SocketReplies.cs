using System.Net.WebSockets;
using System.Text;

namespace Gateway.Fakes;

/// <summary>What a client said last: its close code and reason; null where it left without any.</summary>
internal sealed record SocketEnd(WebSocketCloseStatus? Status, string? Reason);

/// <summary>The ways to answer a WebSocket.</summary>
internal static class SocketReplies
{
    /// <summary>Every message comes back, in the pieces in which it came.</summary>
    public static Reply Echo => exchange => ListenAsync(exchange, echo: true, []);

    /// <summary>Sends these texts, then listens; its end is told.</summary>
    public static Reply Listen(TaskCompletionSource<SocketEnd> end, params string[] texts) => async exchange =>
    {
        try
        {
            end.TrySetResult(await ListenAsync(exchange, echo: false, texts));
        }
        catch (WebSocketException)
        {
            end.TrySetResult(new SocketEnd(null, null));
        }
    };

    public static Reply Close(WebSocketCloseStatus status, string reason) => async exchange =>
    {
        using var socket = await exchange.Context.WebSockets.AcceptWebSocketAsync();
        await socket.CloseAsync(status, reason, exchange.Aborted);
    };

    /// <summary>Takes the connection, and breaks it without a close at the first message.</summary>
    public static Reply Vanish => async exchange =>
    {
        using var socket = await exchange.Context.WebSockets.AcceptWebSocketAsync();
        await socket.ReceiveAsync(new byte[64].AsMemory(), exchange.Aborted);
        exchange.Context.Abort();
    };

    private static async Task<SocketEnd> ListenAsync(Exchange exchange, bool echo, string[] texts)
    {
        using var socket = await exchange.Context.WebSockets.AcceptWebSocketAsync();
        foreach (var text in texts)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, exchange.Aborted);
        }

        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer.AsMemory(), exchange.Aborted) is { MessageType: not WebSocketMessageType.Close } piece)
        {
            if (echo)
            {
                await socket.SendAsync(buffer.AsMemory(0, piece.Count), piece.MessageType, piece.EndOfMessage, exchange.Aborted);
            }
        }

        var end = new SocketEnd(socket.CloseStatus, socket.CloseStatusDescription);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, exchange.Aborted);
        return end;
    }
}
