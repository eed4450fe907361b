using Gateway.Proxy.Requests;

namespace Gateway.Management.Docker;

/// <summary>Passes a stream on while its lines have a reasonable length: the library keeps a line until it is whole.</summary>
internal sealed class LineBound(Stream stream) : ReadOnlyStream
{
    private const int MaxLine = 1024 * 1024;
    private int _length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await stream.ReadAsync(buffer, cancellationToken);
        var end = buffer.Span[..read].LastIndexOf((byte)'\n');
        _length = end < 0 ? _length + read : read - end - 1;
        return _length <= MaxLine ? read : throw new DockerException(DockerFault.Refused, "The Docker Engine sends a line without an end.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }

        base.Dispose(disposing);
    }
}
