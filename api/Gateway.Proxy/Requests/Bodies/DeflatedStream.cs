using System.IO.Compression;

namespace Gateway.Proxy.Requests;

/// <summary>Decompresses <c>deflate</c>.</summary>
/// <remarks>The zlib format (RFC 9110, 8.4.1.2), or bare RFC 1951, which some clients send under that name.</remarks>
internal sealed class DeflatedStream(Stream coded) : ReadOnlyStream
{
    private Stream? _plain;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _plain ??= await BeginAsync(cancellationToken);
        return await _plain.ReadAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        (_plain ?? coded).Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<Stream> BeginAsync(CancellationToken cancellationToken)
    {
        var head = new byte[2];
        var read = await coded.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        if (read < head.Length)
        {
            throw new InvalidDataException("The content ends before it has begun.");
        }

        var whole = new Headed(head, coded);
        return (head[0] & 0x0f) == 8 && ((head[0] << 8) | head[1]) % 31 == 0
            ? new ZLibStream(whole, CompressionMode.Decompress)
            : new DeflateStream(whole, CompressionMode.Decompress);
    }

    /// <summary>Gives back what was read of a stream, then the rest of it.</summary>
    private sealed class Headed(byte[] head, Stream rest) : ReadOnlyStream
    {
        private int _given;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given == head.Length)
            {
                return rest.ReadAsync(buffer, cancellationToken);
            }

            var count = Math.Min(buffer.Length, head.Length - _given);
            head.AsSpan(_given, count).CopyTo(buffer.Span);
            _given += count;
            return ValueTask.FromResult(count);
        }

        protected override void Dispose(bool disposing)
        {
            rest.Dispose();
            base.Dispose(disposing);
        }
    }
}
