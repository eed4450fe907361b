using System.Buffers;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Telemetry;
using Gateway.Proxy.Translation;

namespace Gateway.Proxy.Responses;

/// <summary>Relays an engine's events, frame by frame: unchanged, or edited where the profile requires it.</summary>
/// <remarks>The first failure becomes the last event. The forwarder's copy loop reads the relay.</remarks>
/// <param name="source">The engine's bytes.</param>
/// <param name="inspector">Inspects each event.</param>
/// <param name="shape">The API's layout, for the error event.</param>
/// <param name="observer">The attempt.</param>
internal sealed class SseRelay(Stream source, AnswerInspector inspector, StreamShape shape, IStreamObserver observer) : SseStream(source, observer)
{
    private bool _done;
    private bool _passed;
    private bool _ending;
    private bool _events;
    private bool _strange;
    private LateEvent? _late;

    /// <summary>Collects the text so far, for another engine to continue from; the continuation then reports a break.</summary>
    /// <remarks>Null: the stream is not continued.</remarks>
    public StreamedText? Text { get; init; }

    /// <summary>Turns the engine's events into those of the API that was called; null where they are that API's.</summary>
    public ITranslation? Translation { get; init; }

    /// <summary>What the engine said of tokens so far.</summary>
    public TokenUsage Usage => inspector.Usage;

    /// <summary>An event with data has come, so the answer can be checked.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Events with something to read in them that were passed on.</summary>
    public long Pieces { get; private set; }

    /// <summary>The engine's own error, when it ended the stream.</summary>
    public EngineError? EngineError { get; private set; }

    /// <summary>The engine answered with something that is no event of this API.</summary>
    /// <remarks>A retry would repeat the same work with the same result.</remarks>
    public bool Unreadable { get; private set; }

    /// <summary>What broke, when the stream was interrupted.</summary>
    public GatewayError? Fault { get; private set; }

    protected override void TakeFrame(ReadOnlySpan<byte> bytes)
    {
        var frame = SseFrame.Parse(bytes);
        _passed = false;
        if (!frame.Unframed.IsEmpty && TakeUnframed(frame))
        {
            return;
        }

        if (!frame.HasData)
        {
            TakeEmpty(bytes);
            return;
        }

        _events = true;

        if (frame.Data.SequenceEqual("[DONE]"u8))
        {
            TakeDone(bytes);
            return;
        }

        TakePiece(bytes, frame);
    }

    private void TakePiece(ReadOnlySpan<byte> bytes, SseFrame frame)
    {
        var kind = inspector.Inspect(frame.Event, frame.Data);
        _late?.Pass(inspector.Trailer, Output);
        HasBegun |= kind != PieceKind.Hidden && !inspector.IsPreamble;
        if (inspector.HasContent)
        {
            Observer.Content();
        }

        switch (kind)
        {
            case PieceKind.Sound:
                Pieces += inspector.HasContent ? 1 : 0;
                Pass(bytes, frame);
                break;
            case PieceKind.Error:
                Fail(Observer.Translate(inspector.Failure ?? frame.Data));
                break;
            case PieceKind.Invalid:
                Unreadable = !_ending;
                Break(GatewayError.StreamInterrupted(_ending ? "The engine ended the stream in the middle of an event." : "The engine sent an event that is not valid JSON."));
                break;
            case PieceKind.Aborted:
                Break(GatewayError.StreamInterrupted("The engine stopped the answer before it was complete."));
                break;
            case PieceKind.Hidden:
            default:
                break;
        }
    }

    protected override void TakeLineFeed()
    {
        if (_passed)
        {
            Keep("\n"u8);
        }
    }

    // Comments and names pass, and so does what is no event at all: clients go past it.
    private void TakeEmpty(ReadOnlySpan<byte> bytes)
    {
        _late?.Pass(default, Output);
        var text = bytes.Trim("\r\n"u8);
        var comment = text.IsEmpty || text[0] == ':';
        _strange |= !comment;
        if (_ending && !comment && !_done)
        {
            Unreadable = !_events;
            Break(GatewayError.StreamInterrupted("The engine ended the stream in the middle of an event."));
            return;
        }

        if (comment || Translation is null)
        {
            Keep(bytes);
        }
    }

    // An error that the engine did not put into an event. Clients ignore anything else outside of one.
    private bool TakeUnframed(SseFrame frame)
    {
        if (UnframedError.Find(frame.Unframed) is not { IsEmpty: false } error)
        {
            return false;
        }

        Fail(Observer.Translate(error));
        return true;
    }

    // The end marker is not sent when the answer is incomplete: clients take it for a clean end.
    private void TakeDone(ReadOnlySpan<byte> bytes)
    {
        _late?.Pass(default, Output);
        if (inspector.KnowsEnd && !inspector.IsComplete)
        {
            Break(GatewayError.StreamInterrupted("The engine ended the stream before the answer was complete."));
            return;
        }

        _done = true;
        HasBegun = true;
        if (Translation is null)
        {
            Keep(bytes);
        }
        else
        {
            Translation.WriteEnd(Output);
        }
    }

    private void Pass(ReadOnlySpan<byte> bytes, SseFrame frame)
    {
        Text?.Take(frame.Data);
        if (Translation is not null)
        {
            Translate(Translation, frame.Data);
        }
        else if (inspector.IsLate)
        {
            _late ??= new LateEvent();
            frame.WriteEdited(bytes, inspector.Splices, default, _late.Bytes);
        }
        else if (inspector.Splices.Count == 0)
        {
            Keep(bytes);
        }
        else
        {
            _passed = true;
            frame.WriteEdited(bytes, inspector.Splices, inspector.Name, Output);
        }
    }

    private void Translate(ITranslation translation, ReadOnlySpan<byte> data)
    {
        if (inspector.Splices.Count == 0)
        {
            translation.WriteChunk(data, Output);
            return;
        }

        using var edited = new BodyBuffer(data.Length + 256);
        Splice.Write(data, inspector.Splices, edited);
        translation.WriteChunk(edited.Written.Span, Output);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        _passed = true;
        Output.Write(bytes);
    }

    protected override void Finish()
    {
        TakeRest();
        _late?.Pass(default, Output);
        if (End != RelayEnd.None)
        {
            return;
        }

        Unreadable = _strange && !_events;
        if (inspector.KnowsEnd && !inspector.IsComplete)
        {
            Break(GatewayError.StreamInterrupted("The engine ended the stream before the answer was complete."));
        }
        else if (!HasBegun)
        {
            Break(GatewayError.StreamInterrupted("The engine ended the stream before its first event."));
        }
        else
        {
            // The answer is known to be complete, and the marker says no more than that.
            if (Translation is null)
            {
                Output.Write(_done ? default : inspector.EndMarker);
            }
            else if (!_done)
            {
                Translation.WriteEnd(Output);
            }

            End = RelayEnd.Complete;
        }
    }

    // An event is whole without its blank line where the body ends in order behind it; what broke off in it is no JSON.
    private void TakeRest()
    {
        if (End != RelayEnd.None || Input.Span.Trim("\r\n"u8).IsEmpty)
        {
            return;
        }

        _ending = true;
        Input.Write(Input.Span[^1] == '\n' ? "\n"u8 : "\n\n"u8);
        TakeFrame(Input.Span);
        Input.Consume(Input.Length);
    }

    protected override void Break(GatewayError fault)
    {
        End = RelayEnd.Interrupted;
        Fault = fault;
        _late?.Pass(default, Output);
        if (Translation is not null)
        {
            Translation.WriteFailure(fault.Status, fault.Code ?? fault.Type, fault.Message, Output);
        }
        else if (Text is null)
        {
            Output.Write(InBandError.Event(shape, fault));
        }
    }

    private void Fail(EngineError error)
    {
        End = RelayEnd.EngineError;
        EngineError = error;
        _late?.Pass(default, Output);
        if (Translation is null)
        {
            Output.Write(InBandError.Event(shape, error));
        }
        else
        {
            Translation.WriteFailure(error.Status, error.Code ?? error.Type, error.Message, Output);
        }
    }
}
