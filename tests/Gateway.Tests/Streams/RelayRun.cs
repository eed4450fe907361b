using System.Text;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Responses;

namespace Gateway.Tests.Streams;

/// <summary>One stream through the relay, and everything that came of it.</summary>
internal sealed class RelayRun : IDisposable
{
    private readonly MemoryStream _received = new();

    public RelayRun(ScriptedStream source, StreamShape shape = StreamShape.Choices, ResponseDialect? dialect = null, bool hidesUsage = false)
    {
        Source = source;
        Inspector = shape == StreamShape.Choices ? new ChoicesInspector(dialect ?? new(), hidesUsage, "req_1") : new TypedInspector(shape, dialect ?? new());
        Relay = new SseRelay(source, Inspector, shape, Observer);
    }

    public ScriptedStream Source { get; }

    public AnswerInspector Inspector { get; }

    public SseRelay Relay { get; }

    public RecordingObserver Observer { get; } = new();

    public string Received => Encoding.UTF8.GetString(_received.ToArray());

    public static RelayRun Of(string stream, StreamShape shape = StreamShape.Choices, ResponseDialect? dialect = null, bool hidesUsage = false) =>
        new(new ScriptedStream([Encoding.UTF8.GetBytes(stream)]), shape, dialect, hidesUsage);

    /// <summary>Copies as the forwarder does: it waits with an empty buffer, then reads.</summary>
    public async Task<RelayRun> CopyAsync(int bufferSize = 64 * 1024)
    {
        var buffer = new byte[bufferSize];
        while (true)
        {
            _ = await Relay.ReadAsync(Memory<byte>.Empty);
            var read = await Relay.ReadAsync(buffer);
            if (read == 0)
            {
                return this;
            }

            _received.Write(buffer, 0, read);
        }
    }

    public void Dispose()
    {
        Relay.Dispose();
        Observer.Dispose();
        _received.Dispose();
    }
}
