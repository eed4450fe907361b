using Gateway.Core.Errors;

namespace Gateway.Proxy.Responses;

/// <summary>What the relay of an answer needs of its attempt.</summary>
internal interface IStreamObserver
{
    /// <summary>Ends the reading from the engine: the client left, or a deadline passed.</summary>
    CancellationToken Stopped { get; }

    /// <summary>Bytes came from the engine.</summary>
    void Received();

    /// <summary>An event with something to read in it passed.</summary>
    void Content();

    /// <summary>Words an engine's error as OpenAI would.</summary>
    EngineError Translate(ReadOnlySpan<byte> data);

    /// <summary>Says what a failed read was: a deadline, or the engine's doing.</summary>
    GatewayError FaultOf(Exception exception);
}
