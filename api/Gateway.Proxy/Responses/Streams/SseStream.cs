using Gateway.Core.Errors;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Responses;

/// <summary>Cuts an engine's bytes into whole frames and gives out what the derived class makes of them.</summary>
/// <remarks>Idle, it keeps no buffer.</remarks>
/// <param name="source">The engine's bytes.</param>
/// <param name="observer">The attempt.</param>
internal abstract class SseStream(Stream source, IStreamObserver observer) : ReadOnlyStream
{
    private const int ReadSize = 16 * 1024;

    /// <summary>Bytes that are already here are written together, up to this many.</summary>
    /// <remarks>Small writes of a fast engine cost more than everything else.</remarks>
    private const int MaxBytesPerRead = 16 * 1024;
    private const int MaxFrame = 32 * 1024 * 1024;

    private bool _sourceEnded;
    private bool _begun;
    private bool _returned;
    private bool _waited;
    private ValueTask<int>? _next;
    private CancellationTokenSource? _leaving;

    /// <summary>How the stream ended; None while it runs.</summary>
    public RelayEnd End { get; protected set; }

    /// <summary>Bytes that are not a whole frame yet.</summary>
    protected StreamBuffer Input { get; } = new();

    /// <summary>Bytes for the reader.</summary>
    public StreamBuffer Output { get; } = new();

    protected IStreamObserver Observer => observer;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (Output.Length == 0)
        {
            if (End != RelayEnd.None)
            {
                return 0;
            }

            if (buffer.IsEmpty)
            {
                await WaitAsync();
                return 0;
            }

            await FillAsync(Observer.Stopped);
            while (Output.Length is > 0 and < MaxBytesPerRead && End == RelayEnd.None && IsMoreHere())
            {
                await FillAsync(Observer.Stopped);
            }
        }

        var count = Math.Min(buffer.Length, Output.Length);
        Output.Memory[..count].CopyTo(buffer);
        Output.Consume(count);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        Input.Dispose();
        Output.Dispose();
        if (_next is { IsCompleted: false })
        {
            // A pending read is ended first, with its connection: two concurrent reads would take each other's bytes.
            _leaving!.Cancel();
            _ = CloseAfterAsync(ComingAsync(CancellationToken.None));
        }
        else
        {
            source.Dispose();
            _leaving?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task CloseAfterAsync(ValueTask<int> reading)
    {
        try
        {
            _ = await reading;
        }
        catch (Exception e) when (IsCut(e))
        {
            // Expected: it was ended here.
        }
        finally
        {
            await source.DisposeAsync();
            _leaving!.Dispose();
        }
    }

    // Starts a read without waiting for it; where nothing is there yet, the next read awaits it.
    private bool IsMoreHere()
    {
        try
        {
#pragma warning disable CA2012 // It is awaited once, by the next read.
            _leaving ??= CancellationTokenSource.CreateLinkedTokenSource(Observer.Stopped);
            _next ??= source.ReadAsync(Memory<byte>.Empty, _leaving.Token);
        }
        catch (Exception e) when (IsCut(e))
        {
            _next = ValueTask.FromException<int>(e);
#pragma warning restore CA2012
        }

        return _next.Value.IsCompletedSuccessfully;
    }

    // A read of zero bytes returns when data is there, and needs no buffer until then.
    private ValueTask<int> ComingAsync(CancellationToken cancellationToken)
    {
        var coming = _next ?? source.ReadAsync(Memory<byte>.Empty, cancellationToken);
        _next = null;
        return coming;
    }

    private async ValueTask WaitAsync()
    {
        try
        {
            _ = await ComingAsync(Observer.Stopped);
            _waited = true;
        }
        catch (Exception e) when (IsCut(e))
        {
            Break(Observer.FaultOf(e));
        }
    }

    /// <summary>Reads once from the engine and takes the frames that are whole.</summary>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Input.Length == 0 && !_waited)
            {
                _ = await ComingAsync(cancellationToken);
            }

            _waited = false;
            var read = await source.ReadAsync(Input.GetMemory(ReadSize), cancellationToken);
            Input.Advance(read);
            _sourceEnded = read == 0;
        }
        catch (Exception e) when (IsCut(e))
        {
            Break(Observer.FaultOf(e));
            return;
        }

        Observer.Received();
        TakeFrames();
        if (_sourceEnded)
        {
            Finish();
        }
    }

    private static bool IsCut(Exception e) => e is IOException or HttpRequestException or ObjectDisposedException or OperationCanceledException;

    private void TakeFrames()
    {
        if (!_begun && !Begin())
        {
            return;
        }

        while (End == RelayEnd.None && Input.Length > 0)
        {
            if (_returned && Input.Span[0] == '\n')
            {
                TakeLineFeed();
                Input.Consume(1);
                _returned = false;
                continue;
            }

            var length = SseFrame.FindEnd(Input.Span);
            if (length < 0)
            {
                if (Input.Length > MaxFrame)
                {
                    Break(GatewayError.StreamInterrupted("The engine sent an event larger than 32 MiB."));
                }

                return;
            }

            _returned = Input.Span[length - 1] == '\r';
            TakeFrame(Input.Span[..length]);
            Input.Consume(length);
        }
    }

    // A byte order mark belongs to no event. Many clients take it for a part of the first one's name.
    private bool Begin()
    {
        var mark = SseFrame.ByteOrderMark;
        if (!_sourceEnded && Input.Length < mark.Length && mark.StartsWith(Input.Span))
        {
            return false;
        }

        _begun = true;
        if (Input.Span.StartsWith(mark))
        {
            Input.Consume(mark.Length);
        }

        return true;
    }

    /// <summary>Takes one whole frame with its blank line.</summary>
    protected abstract void TakeFrame(ReadOnlySpan<byte> bytes);

    /// <summary>The frame taken last ended with a carriage return; here is the line feed that belongs to it.</summary>
    protected abstract void TakeLineFeed();

    /// <summary>The engine has ended the body.</summary>
    protected abstract void Finish();

    /// <summary>It cannot go on.</summary>
    protected abstract void Break(GatewayError fault);
}
