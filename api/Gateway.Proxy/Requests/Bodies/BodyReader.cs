using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Requests;

/// <summary>Reads a request's body whole, up to the limit.</summary>
public static class BodyReader
{
    private const int Start = 4096;
    private const int LargeStart = 1024 * 1024;

    /// <summary>Reads the body as it comes.</summary>
    /// <returns>The body, or null when it is over the limit; the rest is then still unread.</returns>
    /// <exception cref="BodyMemoryException">It does not fit beside the bodies of other requests.</exception>
    /// <exception cref="BadHttpRequestException">It cannot be read to its end.</exception>
    public static async ValueTask<BodyBuffer?> ReadAsync(HttpRequest request, long limit, BodyMemory? memory, CancellationToken cancellationToken)
    {
        // The longest possible array.
        limit = Math.Min(limit, Array.MaxLength);
        if (request.ContentLength > limit)
        {
            return null;
        }

        if (memory?.Fits(request.ContentLength ?? 0) == false)
        {
            throw new BodyMemoryException();
        }

        // A caller may claim any length: what it really sends decides how much is rented beyond the first megabyte.
        var expected = (int)(request.ContentLength ?? 0);
        var buffer = new BodyBuffer(Math.Min(expected == 0 ? Start : expected, LargeStart), memory, expected);
        var whole = false;
        try
        {
            whole = await FillAsync(buffer, request.BodyReader, limit, cancellationToken);
            return whole ? buffer : null;
        }
        finally
        {
            if (!whole)
            {
                buffer.Dispose();
            }
        }
    }

    /// <summary>Reads a stream that gives the body's plain bytes.</summary>
    /// <returns>The body, or null when it is over the limit.</returns>
    /// <exception cref="BodyMemoryException">It does not fit beside the bodies of other requests.</exception>
    /// <exception cref="InvalidDataException">What is read is not in the coding that it should be in.</exception>
    public static async ValueTask<BodyBuffer?> ReadAsync(Stream plain, long limit, BodyMemory? memory, CancellationToken cancellationToken)
    {
        var most = (int)Math.Min(limit, Array.MaxLength - 1);
        var buffer = new BodyBuffer(Start, memory);
        var whole = false;
        try
        {
            // One byte over the limit is enough to know.
            await BoundedBody.FillAsync(buffer, plain, most + 1, cancellationToken);
            whole = buffer.Length <= most;
            return whole ? buffer : null;
        }
        finally
        {
            if (!whole)
            {
                buffer.Dispose();
            }
        }
    }

    private static async ValueTask<bool> FillAsync(BodyBuffer buffer, System.IO.Pipelines.PipeReader source, long limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await source.ReadAsync(cancellationToken);
            if (buffer.Length + read.Buffer.Length > limit)
            {
                source.AdvanceTo(read.Buffer.End);
                return false;
            }

            try
            {
                foreach (var segment in read.Buffer)
                {
                    segment.Span.CopyTo(buffer.GetSpan(segment.Length));
                    buffer.Advance(segment.Length);
                }
            }
            finally
            {
                // Whatever comes of it: what is left unread here could never be read again.
                source.AdvanceTo(read.Buffer.End);
            }

            if (read.IsCompleted)
            {
                return true;
            }
        }
    }
}

/// <summary>From this size on, bodies are scanned on the thread pool.</summary>
/// <remarks>It takes milliseconds, and the socket thread serves other requests.</remarks>
internal static class LargeBody
{
    public const int Bytes = 64 * 1024;
}
