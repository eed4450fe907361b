using Gateway.Proxy.Requests;

namespace Gateway.Tests.Streams;

/// <summary>
/// An engine's bytes in the pieces in which they come, and what ends them: the end, or a fault. A piece not given yet is waited
/// for. It counts the readers that hold a buffer while they wait.
/// </summary>
internal sealed class ScriptedStream : ReadOnlyStream
{
    private readonly LinkedList<byte[]> _pieces = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _fault;
    private bool _ended;

    public ScriptedStream(IEnumerable<byte[]> pieces, Exception? fault = null, bool open = false)
    {
        (_fault, _ended) = (fault, !open);
        foreach (var piece in pieces)
        {
            _pieces.AddLast(piece);
        }
    }

    /// <summary>Reads with a buffer that found nothing to read and had to wait.</summary>
    public int WaitsWithBuffer { get; private set; }

    public int Waits { get; private set; }

    public bool Disposed { get; private set; }

    public void Give(byte[] piece) => Continue(() => _pieces.AddLast(piece));

    public void End(Exception? fault = null) => Continue(() => (_fault, _ended) = (fault, true));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task more;
            lock (_pieces)
            {
                if (TryRead(buffer.Span) is { } count)
                {
                    return count;
                }

                Waits++;
                WaitsWithBuffer += buffer.IsEmpty ? 0 : 1;
                more = _more.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    private int? TryRead(Span<byte> buffer)
    {
        if (_pieces.First is not { } first)
        {
            return !_ended ? null : _fault is null ? 0 : throw _fault;
        }

        var piece = first.Value;
        var count = Math.Min(buffer.Length, piece.Length);
        piece.AsSpan(0, count).CopyTo(buffer);
        if (count == piece.Length)
        {
            _pieces.RemoveFirst();
        }
        else
        {
            first.Value = piece[count..];
        }

        return count;
    }

    protected override void Dispose(bool disposing)
    {
        Disposed = true;
        base.Dispose(disposing);
    }

    private void Continue(Action change)
    {
        lock (_pieces)
        {
            change();
            _more.SetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
