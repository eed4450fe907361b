namespace Gateway.Bodies;

/// <summary>Reads a request's body whole, up to the limit.</summary>
internal static class BodyReader
{
    private const int ChunkedStart = 4096;

    /// <summary>Reads the body.</summary>
    /// <returns>The body, or null when it is over the limit.</returns>
    public static async ValueTask<BodyBuffer?> ReadAsync(HttpRequest request, long limit, CancellationToken cancellationToken)
    {
        // An array holds no more, whatever is allowed.
        limit = Math.Min(limit, Array.MaxLength);
        if (request.ContentLength > limit)
        {
            return null;
        }

        // A caller may claim any length: what it really sends decides how much is rented beyond the first megabyte.
        var buffer = new BodyBuffer((int)Math.Min(request.ContentLength ?? ChunkedStart, 1024 * 1024));
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(cancellationToken);
                if (buffer.Length + read.Buffer.Length > limit)
                {
                    request.BodyReader.AdvanceTo(read.Buffer.End);
                    buffer.Dispose();
                    return null;
                }

                foreach (var segment in read.Buffer)
                {
                    segment.Span.CopyTo(buffer.GetSpan(segment.Length));
                    buffer.Advance(segment.Length);
                }

                request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return buffer;
                }
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == 413)
        {
            buffer.Dispose();
            return null;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
