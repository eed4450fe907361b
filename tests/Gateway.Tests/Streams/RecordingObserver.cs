using System.Text;
using Gateway.Core.Errors;
using Gateway.Proxy.Responses;

namespace Gateway.Tests.Streams;

/// <summary>Stands where a request stands, and writes down what it is told.</summary>
internal sealed class RecordingObserver : IStreamObserver, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public CancellationToken Stopped => _stop.Token;

    public int Reads { get; private set; }

    public int Contents { get; private set; }

    public List<string> Translated { get; } = [];

    public void Stop() => _stop.Cancel();

    public void Received() => Reads++;

    public void Content() => Contents++;

    public EngineError Translate(ReadOnlySpan<byte> data)
    {
        Translated.Add(Encoding.UTF8.GetString(data));
        return new EngineError(400, "translated", "invalid_request_error", "messages", "context_length_exceeded");
    }

    public GatewayError FaultOf(Exception exception) => GatewayError.StreamInterrupted($"fault: {exception.GetType().Name}");

    public void Dispose() => _stop.Dispose();
}
