using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Gateway.Management.Docker;

/// <summary>A container's log as lines. Its two outputs come in frames: eight bytes that tell which one and how long, then the text.</summary>
internal static class LogLines
{
    private const int Header = 8;
    private const int MaxLine = 16 * 1024;

    /// <summary>Reads to the end. A line that is too long comes in pieces.</summary>
    /// <exception cref="DockerException">The connection is lost.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var header = new byte[Header];
        var buffer = new byte[MaxLine];
        var outputs = new[] { new StringBuilder(), new StringBuilder(), new StringBuilder() };
        var decoders = outputs.Select(_ => Encoding.UTF8.GetDecoder()).ToArray();
        var text = new char[MaxLine + 1];
        while (await FillAsync(stream, header, cancellationToken) == Header)
        {
            var output = header[0] < outputs.Length ? header[0] : throw new DockerException(DockerFault.Refused, "The log of the container is not framed.");
            for (long left = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)); left > 0;)
            {
                var length = await FillAsync(stream, buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
                if (length == 0)
                {
                    yield break;
                }

                left -= length;
                var count = decoders[output].GetChars(buffer.AsSpan(0, length), text, flush: false);
                foreach (var line in Split(outputs[output], text.AsSpan(0, count)))
                {
                    yield return line;
                }
            }
        }

        foreach (var rest in outputs.Where(rest => rest.Length > 0))
        {
            yield return rest.ToString();
        }
    }

    private static List<string> Split(StringBuilder before, ReadOnlySpan<char> text)
    {
        var lines = new List<string>();
        foreach (var sign in text)
        {
            if (sign == '\n' || before.Length >= MaxLine)
            {
                lines.Add(before.ToString().TrimEnd('\r'));
                before.Clear();
            }

            if (sign != '\n')
            {
                before.Append(sign);
            }
        }

        return lines;
    }

    private static async ValueTask<int> FillAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new DockerException(DockerFault.Broken, $"The log broke off: {e.Message}", e);
        }
    }
}
