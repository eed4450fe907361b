using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gateway.Management.Docker;

/// <summary>Messages that come as JSON, one a line, for as long as there are some.</summary>
internal static class JsonLines
{
    private const int MaxLine = 1024 * 1024;

    /// <param name="stream">Where they come from.</param>
    /// <param name="type">What they are.</param>
    /// <param name="silence">After so long without a line the stream counts as broken.</param>
    /// <param name="clock">Measures the silence.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="DockerException">It breaks off, falls silent, or is something else.</exception>
    public static async IAsyncEnumerable<T> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type, TimeSpan silence, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                var read = await NextAsync(pipe, silence, clock, cancellationToken);
                var rest = read.Buffer;
                while (TryLine(ref rest, read.IsCompleted, out var line))
                {
                    if (Parse(line, type) is { } message)
                    {
                        yield return message;
                    }
                }

                if (rest.Length > MaxLine)
                {
                    throw new DockerException(DockerFault.Refused, "The Docker Engine sends a line without an end.");
                }

                pipe.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    private static async Task<ReadResult> NextAsync(PipeReader pipe, TimeSpan silence, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(silence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await pipe.ReadAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DockerException(DockerFault.Broken, FormattableString.Invariant($"The Docker Engine said nothing for {silence.TotalSeconds:0} s."), e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new DockerException(DockerFault.Broken, $"The Docker Engine broke off: {e.Message}", e);
        }
    }

    private static bool TryLine(ref ReadOnlySequence<byte> rest, bool last, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }

        line = rest;
        rest = last ? rest.Slice(rest.End) : rest;
        return last && !line.IsEmpty;
    }

    private static T? Parse<T>(in ReadOnlySequence<byte> line, JsonTypeInfo<T> type)
    {
        var bytes = line.ToArray().AsSpan().Trim(" \r\t"u8);
        if (bytes.IsEmpty)
        {
            return default;
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, type);
        }
        catch (JsonException e)
        {
            throw new DockerException(DockerFault.Broken, "The Docker Engine broke off in the middle of a line.", e);
        }
    }
}
