namespace Gateway.Bodies;

/// <summary>Reads a held body; one for each attempt.</summary>
internal sealed class BodyStream(ReadOnlyMemory<byte> body) : ReadOnlyStream
{
    private int _position;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(buffer.Length, body.Length - _position);
        body.Slice(_position, count).CopyTo(buffer);
        _position += count;
        return new ValueTask<int>(count);
    }
}
