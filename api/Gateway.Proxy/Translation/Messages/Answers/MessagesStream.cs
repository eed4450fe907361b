using System.Buffers;

namespace Gateway.Proxy.Translation;

/// <summary>
/// An answer as it streams: one block is open at a time, and no block is opened twice. What comes while a call is open and not whole
/// waits for it.
/// </summary>
internal sealed class MessagesStream(MessagesAnswerFacts facts)
{
    /// <summary>What waits is kept; beyond this much of it, calls are taken to be whole.</summary>
    private const int MostHeld = 8 * 1024 * 1024;

    private readonly MessagesChunk _chunk = new();
    private readonly MessagesCalls _calls = new();
    private readonly Queue<MessagesHeld> _waiting = new();
    private MessagesHeld? _last;
    private MessagesBlockKind _kind;
    private MessagesCall? _open;
    private MessagesFinish _finish;
    private byte[] _stop = [];
    private int _index = -1;
    private int _held;
    private bool _started;
    private bool _refuses;
    private bool _ended;

    /// <summary>Writes what a chunk gives.</summary>
    public void Take(ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        if (_ended || !_chunk.TryRead(data))
        {
            return;
        }

        facts.NoteModel(data[_chunk.Model]);
        TakeText(MessagesBlockKind.Thinking, data[_chunk.Reasoning], output);
        TakeText(MessagesBlockKind.Text, data[_chunk.Content], output);
        TakeText(MessagesBlockKind.Refusal, data[_chunk.Refusal], output);
        for (var i = 0; i < _chunk.Pieces.Count; i++)
        {
            TakePiece(_chunk.Pieces[i], i, data, output);
        }

        if (_chunk.Finish != MessagesFinish.None)
        {
            _finish = _chunk.Finish;
            _stop = facts.StopOf(data[_chunk.Stop]);
        }

        Advance(output, _finish != MessagesFinish.None || _held > MostHeld);
    }

    /// <summary>Ends an answer that is whole.</summary>
    public void End(IBufferWriter<byte> output)
    {
        if (_ended)
        {
            return;
        }

        Advance(output, true);
        Start(output);
        Close(output);
        _ended = true;
        var reason = MessagesAnswerFacts.ReasonOf(_finish, _calls.Count > 0, _refuses, _stop.Length > 0);
        MessagesEvents.WriteEnd(output, reason, reason.SequenceEqual("stop_sequence"u8) ? _stop : [], _chunk.Usage);
    }

    /// <summary>The stream broke: nothing follows.</summary>
    /// <returns>False where it has ended already.</returns>
    public bool TryBreak() => !_ended && (_ended = true);

    private void TakeText(MessagesBlockKind kind, ReadOnlySpan<byte> inside, IBufferWriter<byte> output)
    {
        if (inside.IsEmpty)
        {
            return;
        }

        _refuses |= kind == MessagesBlockKind.Refusal;
        if (_waiting.Count == 0 && _open is null or { IsWhole: true })
        {
            WriteText(kind, inside, output);
            return;
        }

        if (_last is null || _last.Kind != kind || _waiting.Count == 0)
        {
            Wait(new MessagesHeld(kind, null));
        }

        _last!.Text.Write(inside);
        _held += inside.Length;
    }

    private void TakePiece(in MessagesPiece piece, int position, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        if (_calls.Of(piece, data, position, _chunk.Pieces.Count > 1, out var isNew) is not { } call)
        {
            return;
        }

        if (isNew)
        {
            Wait(new MessagesHeld(MessagesBlockKind.Call, call));
        }

        call.TakeHead(data[piece.Id], data[piece.Name]);
        if (piece.Arguments.Equals(default))
        {
            return;
        }

        if (piece.IsObject)
        {
            var escaped = new ArrayBufferWriter<byte>();
            MessagesText.WriteEscaped(escaped, data[piece.Arguments]);
            TakeArguments(call, escaped.WrittenSpan, output);
            return;
        }

        TakeArguments(call, data[piece.Arguments], output);
    }

    private void TakeArguments(MessagesCall call, ReadOnlySpan<byte> inside, IBufferWriter<byte> output)
    {
        if (inside.IsEmpty || call.IsClosed)
        {
            return;
        }

        call.Count(inside);
        if (_open == call)
        {
            MessagesEvents.WriteDelta(output, _index, ",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\""u8, inside);
            return;
        }

        call.Hold(inside);
        _held += inside.Length;
    }

    private void Wait(MessagesHeld held)
    {
        _waiting.Enqueue(held);
        _last = held;
    }

    // Opens what waits, as far as it is its turn.
    private void Advance(IBufferWriter<byte> output, bool all)
    {
        while (_waiting.TryPeek(out var next))
        {
            var turn = _open is null or { IsWhole: true } && next.Call is null or { Name: not null };
            if (!turn && !all)
            {
                return;
            }

            _waiting.Dequeue();
            if (next.Call is { } call)
            {
                OpenCall(call, output);
            }
            else
            {
                WriteText(next.Kind, next.Text.WrittenSpan, output);
            }
        }

        _held = 0;
    }

    private void WriteText(MessagesBlockKind kind, ReadOnlySpan<byte> inside, IBufferWriter<byte> output)
    {
        if (_kind != kind)
        {
            var thinks = kind == MessagesBlockKind.Thinking;
            Open(kind, output);
            var block = thinks
                ? "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}\n\n"u8
                : "{\"type\":\"text\",\"text\":\"\"}}\n\n"u8;
            MessagesEvents.WriteBlockStart(output, _index, block);
        }

        if (kind != MessagesBlockKind.Thinking)
        {
            MessagesEvents.WriteDelta(output, _index, ",\"delta\":{\"type\":\"text_delta\",\"text\":\""u8, inside);
        }
        else if (!facts.HidesThinking)
        {
            MessagesEvents.WriteDelta(output, _index, ",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\""u8, inside);
        }
    }

    private void OpenCall(MessagesCall call, IBufferWriter<byte> output)
    {
        Open(MessagesBlockKind.Call, output);
        _open = call;
        MessagesEvents.WriteBlockStart(output, _index, "{\"type\":\"tool_use\",\"id\":\""u8);
        facts.WriteCallId(output, _calls.HasEarlier(call) ? default : call.Id);
        output.Write("\",\"name\":\""u8);
        facts.Names.WriteForCaller(output, call.Name);
        output.Write("\",\"input\":{}}}\n\n"u8);
        if (call.Held is { } held)
        {
            MessagesEvents.WriteDelta(output, _index, ",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\""u8, held.WrittenSpan);
        }
    }

    private void Open(MessagesBlockKind kind, IBufferWriter<byte> output)
    {
        Start(output);
        Close(output);
        _kind = kind;
        _index++;
    }

    private void Start(IBufferWriter<byte> output)
    {
        if (!_started)
        {
            _started = true;
            MessagesEvents.WriteStart(output, facts.Id, facts.Model, _chunk.Usage);
        }
    }

    private void Close(IBufferWriter<byte> output)
    {
        if (_kind == MessagesBlockKind.None)
        {
            return;
        }

        if (_kind == MessagesBlockKind.Thinking)
        {
            var head = ",\"delta\":{\"type\":\"signature_delta\",\"signature\":\""u8;
            MessagesEvents.WriteDelta(output, _index, head, MessagesEvents.Signature);
        }

        MessagesEvents.WriteBlockStop(output, _index);
        _open?.Close();
        (_open, _kind) = (null, MessagesBlockKind.None);
    }
}
