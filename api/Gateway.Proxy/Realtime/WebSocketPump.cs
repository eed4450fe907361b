using System.Buffers;
using System.Net.WebSockets;
using Gateway.Core.Errors;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Realtime;

/// <summary>One direction of a session: messages in the pieces in which they come, and at last the close with its code.</summary>
/// <param name="source">Where they come from.</param>
/// <param name="target">Where they go.</param>
/// <param name="attempt">Its idle deadline restarts with every piece.</param>
/// <param name="secret">The engine's key, which is masked in the errors that it sends; null where nothing is to be masked.</param>
internal sealed class WebSocketPump(WebSocket source, WebSocket target, Attempt attempt, SecretText? secret = null)
{
    private const int PieceSize = 16 * 1024;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _inMessage;
    private long _size;
    private BodyBuffer? _held;

    /// <summary>Counts what a session has used.</summary>
    internal delegate void Counter(in TokenUsage sum);

    /// <summary>Counts tokens; null where none are expected.</summary>
    public RealtimeUsage? Usage { get; init; }

    /// <summary>Gets the tokens before the message that reports them is passed on.</summary>
    public Counter? Charge { get; init; }

    /// <summary>What each message has to keep to; null: nothing.</summary>
    public RealtimeRules? Rules { get; init; }

    /// <summary>Why a message was not passed on; the session ends with it.</summary>
    public GatewayError? Refused { get; private set; }

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
                    // A read of zero bytes returns when data is there, so an idle session keeps no buffer; of an empty message it is all
                    // there is.
                    var piece = next.EndOfMessage ? next : await source.ReceiveAsync(buffer.AsMemory(0, PieceSize), CancellationToken.None);
                    if (piece.MessageType == WebSocketMessageType.Close)
                    {
                        break;
                    }

                    busy = target;
                    await PassAsync(buffer.AsMemory(0, piece.Count), piece);
                    if (Refused is not null)
                    {
                        return;
                    }

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
            _held?.Dispose();
            _ended.TrySetResult();
        }
    }

    private async ValueTask PassAsync(ReadOnlyMemory<byte> bytes, ValueWebSocketReceiveResult piece)
    {
        if (Rules is not null && !Judge(ref bytes, piece))
        {
            return;
        }

        if (Usage is { } usage && piece.MessageType == WebSocketMessageType.Text)
        {
            usage.Add(bytes.Span, piece.EndOfMessage);
            Charge?.Invoke(usage.Sum);
        }

        bytes = Masked(bytes, piece);
        _inMessage = true;
        await target.SendAsync(bytes, piece.MessageType, piece.EndOfMessage, CancellationToken.None);
        _inMessage = !piece.EndOfMessage;
    }

    /// <summary>Judges the next piece of a message; where messages are read, the last one stands for the whole.</summary>
    /// <returns>True when it may be passed on now.</returns>
    private bool Judge(ref ReadOnlyMemory<byte> bytes, ValueWebSocketReceiveResult piece)
    {
        _size += bytes.Length;
        Refused = Rules!.CheckUse(_size);
        _size = piece.EndOfMessage ? 0 : _size;
        if (Refused is not null || !Rules.Reads)
        {
            return Refused is null;
        }

        if (_held is not null || !piece.EndOfMessage)
        {
            _held ??= new BodyBuffer(PieceSize * 2);
            BuffersExtensions.Write(_held, bytes.Span);
            if (!piece.EndOfMessage)
            {
                return false;
            }

            // The copy outlives the buffer by the time that sending it takes.
            bytes = _held.Written.ToArray();
            _held.Dispose();
            _held = null;
        }

        Refused = Rules.Check(bytes, piece.MessageType == WebSocketMessageType.Text);
        return Refused is null;
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
