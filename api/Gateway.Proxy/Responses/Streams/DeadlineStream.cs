using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Responses;

/// <summary>A body that is neither JSON to be judged nor events.</summary>
/// <remarks>Bytes pass as they are, first those already read, under the same deadlines.</remarks>
internal sealed class DeadlineStream(ReadOnlyMemory<byte> first, Stream source, IStreamObserver observer) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _first = first;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_first.IsEmpty)
        {
            var count = Math.Min(buffer.Length, _first.Length);
            _first[..count].CopyTo(buffer);
            _first = _first[count..];
            return count;
        }

        var read = await source.ReadAsync(buffer, observer.Stopped);
        observer.Received();
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        source.Dispose();
        base.Dispose(disposing);
    }
}
