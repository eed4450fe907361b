using Gateway.Bodies;

namespace Gateway.Health;

/// <summary>Reads what an engine says when it is asked for its state: at most so much of it, and into memory that is used again.</summary>
internal static class ProbeAnswer
{
    private const int Usual = 4096;

    public static async ValueTask<BodyBuffer> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        var length = response.Content.Headers.ContentLength ?? Usual;
        var body = new BodyBuffer((int)Math.Min(length, limit));
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (body.Length < limit)
            {
                var memory = body.GetMemory();
                var read = await stream.ReadAsync(memory[..Math.Min(memory.Length, limit - body.Length)], cancellationToken);
                if (read == 0)
                {
                    break;
                }

                body.Advance(read);
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }
}
