using Gateway.Proxy.Requests;
using Gateway.Proxy.Responses;

namespace Gateway.Proxy.Failover;

/// <summary>The engine's answer to one attempt, and what of it the client gets.</summary>
internal sealed class AnswerState : IDisposable
{
    /// <summary>The engine's status, as it sent it; 0 before its headers.</summary>
    public int EngineStatus { get; set; }

    /// <summary>A valid answer that is buffered whole; null where it passes as it comes.</summary>
    public BodyBuffer? Buffered { get; set; }

    /// <summary>The part of <see cref="Buffered"/> that the client gets.</summary>
    public ReadOnlyMemory<byte> Bytes { get; set; }

    /// <summary>The engine's content, for its headers, where another body is sent in its place.</summary>
    public HttpContent? EngineContent { get; set; }

    /// <summary>The body was decompressed.</summary>
    public bool Decoded { get; set; }

    /// <summary>The type of the client's answer, where it is not the engine's.</summary>
    public string? ContentType { get; set; }

    /// <summary>The length in bytes of a body that passes as it is; null where it is unknown.</summary>
    public long? Length { get; set; }

    /// <summary>The stream, once it is being relayed.</summary>
    public SseRelay? Relay { get; set; }

    /// <summary>The client gets this stream in place of the engine's body.</summary>
    public void Pass(HttpResponseMessage response, Stream body)
    {
        EngineContent = response.Content;
        response.Content = new StreamContent(body);
    }

    /// <summary>The buffered body is not what the client gets.</summary>
    public void Drop()
    {
        Buffered?.Dispose();
        (Buffered, Bytes) = (null, default);
    }

    public void Dispose() => Buffered?.Dispose();
}
