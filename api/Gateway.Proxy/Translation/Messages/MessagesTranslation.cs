using System.Buffers;
using Gateway.Core.Errors;

namespace Gateway.Proxy.Translation;

/// <summary>One request to <c>/v1/messages</c>, served by chat completions.</summary>
internal sealed class MessagesTranslation : ITranslation
{
    private readonly MessagesAnswerFacts _facts;
    private readonly MessagesStream _stream;

    private MessagesTranslation(MessagesRequest request, TranslationContext context)
    {
        Body = request.Draft.Output.WrittenMemory;
        Streams = request.Streams;
        LeftOut = request.Draft.LeftOut;
        _facts = new MessagesAnswerFacts(request, context);
        _stream = new MessagesStream(_facts);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Body { get; }

    /// <inheritdoc/>
    public bool Streams { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>Translates a request; null with the error that it is answered with.</summary>
    public static MessagesTranslation? Create(ReadOnlyMemory<byte> body, TranslationContext context, out GatewayError? error) =>
        MessagesRequest.Create(body, context, counts: false, out error) is { } request ? new MessagesTranslation(request, context) : null;

    /// <inheritdoc/>
    public bool TryWriteAnswer(ReadOnlySpan<byte> completion, IBufferWriter<byte> output) =>
        new MessagesPlainAnswer(_facts).TryWrite(completion, output);

    /// <inheritdoc/>
    public void WriteChunk(ReadOnlySpan<byte> data, IBufferWriter<byte> output) => _stream.Take(data, output);

    /// <inheritdoc/>
    public void WriteEnd(IBufferWriter<byte> output) => _stream.End(output);

    /// <inheritdoc/>
    public void WriteFailure(int status, string code, string message, IBufferWriter<byte> output)
    {
        if (!_stream.TryBreak())
        {
            return;
        }

        var error = new GatewayError(status, "server_error", code, MessagesFailure.Words(code, message));
        output.Write("event: error\ndata: "u8);
        output.Write(ErrorWriter.Envelope(error, anthropic: true));
        output.Write("\n\n"u8);
    }
}
