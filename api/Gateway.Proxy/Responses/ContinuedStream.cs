using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Responses;

/// <summary>The parts of one stream, from one engine after another, as the one stream that the client has.</summary>
internal sealed class ContinuedStream(SseRelay first, StreamContinuation continuation) : ReadOnlyStream
{
    private SseRelay _current = first;
    private ReadOnlyMemory<byte> _words;
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (!_words.IsEmpty)
            {
                var count = Math.Min(buffer.Length, _words.Length);
                _words[..count].CopyTo(buffer);
                _words = _words[count..];
                return count;
            }

            var read = await _current.ReadAsync(buffer, cancellationToken);
            if (read > 0 || buffer.IsEmpty || _ended || _current.End != RelayEnd.Interrupted)
            {
                return read;
            }

            var (next, words) = await continuation.AfterAsync(_current);
            _words = words;
            _ended = next is null;
            if (next is not null)
            {
                await _current.DisposeAsync();
                _current = next;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        _current.Dispose();
        continuation.Dispose();
        base.Dispose(disposing);
    }
}
