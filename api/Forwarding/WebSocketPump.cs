using System.Buffers;
using System.Net.WebSockets;
using Gateway.Errors;

namespace Gateway.Forwarding;

/// <summary>One direction of a session: messages in the pieces in which they come, and at last the close with its code.</summary>
/// <param name="source">Where they come from.</param>
/// <param name="target">Where they go.</param>
/// <param name="attempt">Its idle deadline starts anew with every piece.</param>
/// <param name="usage">Looks for tokens; null where there are none to be found.</param>
/// <param name="secret">The engine's key, which is masked in the errors that it sends; null where nothing is to be masked.</param>
internal sealed class WebSocketPump(WebSocket source, WebSocket target, Attempt attempt, RealtimeUsage? usage, SecretText? secret = null)
{
    private const int PieceSize = 16 * 1024;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _inMessage;

    /// <summary>The target has had a part of a message whose end is still to come.</summary>
    public bool InMessage => _inMessage;

    /// <summary>The side that broke off without a close; null when neither did.</summary>
    public WebSocket? Lost { get; private set; }

    public Task Ended => _ended.Task;

    public static bool IsLoss(Exception e) => e is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException;

    /// <summary>Runs until the source closes or either side breaks off; it does not throw for either.</summary>
    public async Task RunAsync()
    {
        var busy = source;
        try
        {
            while (await source.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } next)
            {
                attempt.Received();
                var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
                try
                {
                    // A read of nothing returns when there is something, so that a silent session holds no buffer; of an empty message it is the whole.
                    var piece = next.EndOfMessage ? next : await source.ReceiveAsync(buffer.AsMemory(0, PieceSize), CancellationToken.None);
                    if (piece.MessageType == WebSocketMessageType.Close)
                    {
                        break;
                    }

                    busy = target;
                    await PassAsync(buffer, piece);
                    busy = source;
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }

            busy = target;
            await CloseAsync();
        }
        catch (Exception e) when (IsLoss(e))
        {
            Lost = busy;
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private async ValueTask PassAsync(byte[] buffer, ValueWebSocketReceiveResult piece)
    {
        var bytes = Masked(buffer.AsMemory(0, piece.Count), piece);
        _inMessage = true;
        await target.SendAsync(bytes, piece.MessageType, piece.EndOfMessage, CancellationToken.None);
        _inMessage = !piece.EndOfMessage;
        if (piece.MessageType == WebSocketMessageType.Text)
        {
            usage?.Add(buffer.AsSpan(0, piece.Count), piece.EndOfMessage);
        }
    }

    // An error is a short message, and so comes in one piece.
    private ReadOnlyMemory<byte> Masked(ReadOnlyMemory<byte> bytes, ValueWebSocketReceiveResult piece) =>
        secret is not null && !_inMessage && piece is { EndOfMessage: true, MessageType: WebSocketMessageType.Text } && bytes.Span.IndexOf("\"error\""u8) >= 0
            ? secret.CleanJson(bytes.Span) ?? bytes
            : bytes;

    private Task CloseAsync() => target.State is WebSocketState.Open or WebSocketState.CloseReceived
        ? target.CloseOutputAsync(source.CloseStatus ?? WebSocketCloseStatus.Empty, source.CloseStatus is null or WebSocketCloseStatus.Empty ? null : source.CloseStatusDescription, CancellationToken.None)
        : Task.CompletedTask;
}
