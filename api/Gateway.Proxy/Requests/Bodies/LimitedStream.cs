namespace Gateway.Proxy.Requests;

/// <summary>A body that is passed on as it comes and has not said how long it is: it ends with a fault beyond the limit.</summary>
internal sealed class LimitedStream(Stream source, long limit) : ReadOnlyStream
{
    private long _read;

    /// <exception cref="BadHttpRequestException">It is over the limit.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken);
        _read += read;
        return _read <= limit ? read : throw new BadHttpRequestException("The body is over the limit.", StatusCodes.Status413PayloadTooLarge);
    }
}
