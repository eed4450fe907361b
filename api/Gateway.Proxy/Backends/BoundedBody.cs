using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Backends;

/// <summary>Reads an engine's answer up to a limit in bytes: an endless one must not fill the memory.</summary>
public static class BoundedBody
{
    private const int DefaultCapacity = 4096;

    /// <summary>Reads into a new array.</summary>
    public static async Task<byte[]> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        using var body = await RentAsync(content, limit, cancellationToken);
        return body.Written.ToArray();
    }

    /// <summary>Reads into pooled memory, which the caller disposes of.</summary>
    public static async ValueTask<BodyBuffer> RentAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        var length = content.Headers.ContentLength ?? DefaultCapacity;
        var body = new BodyBuffer((int)Math.Min(length, limit));
        try
        {
            using var stream = await content.ReadAsStreamAsync(cancellationToken);
            await FillAsync(body, stream, limit, cancellationToken);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Reads a stream to its end, or until the buffer has <paramref name="limit"/> bytes.</summary>
    public static async ValueTask FillAsync(BodyBuffer body, Stream source, int limit, CancellationToken cancellationToken)
    {
        while (body.Length < limit)
        {
            var room = body.GetMemory(1);
            var read = await source.ReadAsync(room[..Math.Min(room.Length, limit - body.Length)], cancellationToken);
            if (read == 0)
            {
                return;
            }

            body.Advance(read);
        }
    }
}
