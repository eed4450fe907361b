using System.Buffers;

namespace Gateway.Proxy.Translation;

/// <summary>One request of another API, served by chat completions: its body, and how the engine's answer reads in that API.</summary>
internal interface ITranslation
{
    /// <summary>The body for <c>/v1/chat/completions</c>.</summary>
    ReadOnlyMemory<byte> Body { get; }

    /// <summary>The caller asked for a stream.</summary>
    bool Streams { get; }

    /// <summary>What was left out of the request because no engine of this API could serve it (server tools …), for a response header; empty where nothing was.</summary>
    IReadOnlyList<string> LeftOut { get; }

    /// <summary>Writes a whole answer. False if the bytes are no chat completion (no choices, not JSON): the caller answers 502.</summary>
    bool TryWriteAnswer(ReadOnlySpan<byte> completion, IBufferWriter<byte> output);

    /// <summary>Writes the events that one chunk of the engine's stream gives, framed as server-sent events; possibly none. <paramref name="data"/> is the payload of one `data:` line, never `[DONE]`.</summary>
    void WriteChunk(ReadOnlySpan<byte> data, IBufferWriter<byte> output);

    /// <summary>Writes what ends a stream that is complete: every open block or item closed, and the one terminal event.</summary>
    void WriteEnd(IBufferWriter<byte> output);

    /// <summary>Writes what ends a stream that broke: the API's own error event, and no success marker.</summary>
    void WriteFailure(int status, string code, string message, IBufferWriter<byte> output);
}
