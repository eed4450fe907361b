using System.Runtime.CompilerServices;
using System.Text;
using Docker.DotNet;

namespace Gateway.Management.Docker;

/// <summary>A container's log as lines, whichever of its two outputs they come from.</summary>
internal static class LogLines
{
    private const int MaxLine = 16 * 1024;

    /// <summary>Reads to the end. A line that is too long comes in pieces.</summary>
    /// <exception cref="DockerException">The connection is lost.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(
        MultiplexedStream log, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxLine];
        var text = new char[MaxLine + 1];
        var outputs = Enumerable.Range(0, 3).Select(_ => (Line: new StringBuilder(), Decoder: Encoding.UTF8.GetDecoder())).ToArray();
        while (await NextAsync(log, buffer, cancellationToken) is { EOF: false } read)
        {
            var (line, decoder) = outputs[(int)read.Target];
            var count = decoder.GetChars(buffer.AsSpan(0, read.Count), text, flush: false);
            foreach (var whole in Split(line, text.AsSpan(0, count)))
            {
                yield return whole;
            }
        }

        foreach (var (line, _) in outputs.Where(output => output.Line.Length > 0))
        {
            yield return line.ToString();
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

    private static async Task<MultiplexedStream.ReadResult> NextAsync(
        MultiplexedStream log, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await log.ReadOutputAsync(buffer, 0, buffer.Length, cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new DockerException(DockerFault.Broken, $"The log broke off: {e.Message}", e);
        }
    }
}
