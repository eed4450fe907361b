using System.Buffers;

namespace Gateway.Backends;

/// <summary>Reads at most so much of an engine's answer: an endless one must not fill the memory.</summary>
internal static class BoundedBody
{
    public static async Task<byte[]> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new ArrayBufferWriter<byte>(4096);
        while (buffer.WrittenCount < limit)
        {
            var memory = buffer.GetMemory(4096);
            var read = await stream.ReadAsync(memory[..Math.Min(memory.Length, limit - buffer.WrittenCount)], cancellationToken);
            if (read == 0)
            {
                break;
            }

            buffer.Advance(read);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
