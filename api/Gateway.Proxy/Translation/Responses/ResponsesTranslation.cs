using System.Buffers;
using Gateway.Core.Errors;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Translation;

/// <summary>A request of the Responses API, served by chat completions. Nothing of it is kept.</summary>
internal sealed class ResponsesTranslation : ITranslation
{
    private readonly ResponsesFrame _frame;
    private ResponsesStream? _stream;

    private ResponsesTranslation(ResponsesRequest request, ResponsesTools tools, TranslationContext context)
    {
        Body = request.Body;
        Streams = request.Streams;
        LeftOut = request.LeftOut;
        var wraps = ResponsesMembers.Includes(request.Value("include"u8), "reasoning.encrypted_content"u8);
        _frame = new ResponsesFrame(context, tools, ResponsesEcho.Of(request), wraps);
    }

    public ReadOnlyMemory<byte> Body { get; }

    public bool Streams { get; }

    public IReadOnlyList<string> LeftOut { get; }

    private ResponsesStream Stream => _stream ??= new(_frame, new ResponsesEvents());

    /// <summary>Translates a request.</summary>
    /// <param name="body">What the client sent.</param>
    /// <param name="context">What is known besides.</param>
    /// <param name="error">What keeps it from being translated.</param>
    /// <returns>Null with an error.</returns>
    public static ResponsesTranslation? Create(ReadOnlyMemory<byte> body, TranslationContext context, out GatewayError? error)
    {
        if (!JsonMembers.TryParse(body, out var members, out var fault))
        {
            error = GatewayError.InvalidJson(fault);
            return null;
        }

        var request = new ResponsesRequest(members, context);
        error = request.Write();
        return error is null && request.Tools is { } tools ? new(request, tools, context) : null;
    }

    public bool TryWriteAnswer(ReadOnlySpan<byte> completion, IBufferWriter<byte> output)
    {
        var stream = new ResponsesStream(_frame, new ResponsesEvents());
        return stream.TakeWhole(completion) && stream.TryWrite(output);
    }

    public void WriteChunk(ReadOnlySpan<byte> data, IBufferWriter<byte> output) => Stream.Take(data, output);

    public void WriteEnd(IBufferWriter<byte> output) => Stream.End(output);

    public void WriteFailure(int status, string code, string message, IBufferWriter<byte> output) =>
        Stream.Fail(status, code, message, output);
}
