using System.Buffers;
using System.Text.Json;

namespace Gateway.Proxy.Translation;

/// <summary>
/// Turns what an engine says, in pieces or in one, into the items of one answer. One item is open at a time and each is begun once, so what cannot go to
/// the open one waits: text behind a call whose arguments are not whole yet, the pieces of another call.
/// </summary>
internal sealed class ResponsesStream(ResponsesFrame frame, ResponsesEvents events)
{
    private readonly ResponsesObject _response = new(frame);
    private readonly ResponsesCalls _calls = new();
    private readonly List<ResponsesOutput> _waiting = [];
    private readonly HashSet<string> _callIds = [];
    private ResponsesOutput? _open;
    private ResponsesEnd _end;
    private bool _begun;
    private bool _ended;

    /// <summary>Takes one chunk of a stream.</summary>
    public void Take(ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        if (_ended || !ResponsesChunk.TryRead(data, out var chunk))
        {
            return;
        }

        events.Output = output;
        _response.Name(chunk.Model);
        Begin();
        if (!TakeChunk(chunk, false))
        {
            Fail(502, "", FormattableString.Invariant($"The engine called more than {ResponsesCalls.Most} tools in one answer."), output);
        }
    }

    /// <summary>Takes an answer in one piece.</summary>
    /// <returns>False if it is none.</returns>
    public bool TakeWhole(ReadOnlySpan<byte> completion)
    {
        if (!ResponsesChunk.TryRead(completion, out var chunk) || !chunk.HasChoice || chunk.Finish.IsEmpty)
        {
            return false;
        }

        _response.Name(chunk.Model);
        return TakeChunk(chunk, true);
    }

    /// <summary>Writes the answer in one piece.</summary>
    public bool TryWrite(IBufferWriter<byte> output)
    {
        CloseAll();
        _response.Write(new(output), _end.IsCut() ? "incomplete"u8 : "completed"u8, _end.Reason(), []);
        return true;
    }

    /// <summary>Ends a stream. Without a reason to have ended it is not whole, whatever came with it.</summary>
    public void End(IBufferWriter<byte> output)
    {
        if (_end == ResponsesEnd.None)
        {
            Fail(502, "", "The engine ended the stream before the answer was complete.", output);
        }
        else if (!_ended)
        {
            events.Output = output;
            CloseAll();
            _ended = true;
            var cut = _end.IsCut();
            events.Response(cut ? "response.incomplete"u8 : "response.completed"u8, _response, cut ? "incomplete"u8 : "completed"u8, _end.Reason(), []);
        }
    }

    public void Fail(int status, string code, string message, IBufferWriter<byte> output)
    {
        if (_ended)
        {
            return;
        }

        events.Output = output;
        Begin();
        _ended = true;
        events.Response("response.failed"u8, _response, "failed"u8, [], ResponsesFailure.Of(status, code, message));
    }

    private void Begin()
    {
        if (!_begun)
        {
            _begun = true;
            events.Response("response.created"u8, _response, "in_progress"u8, [], []);
            events.Response("response.in_progress"u8, _response, "in_progress"u8, [], []);
        }
    }

    // A chunk may hold all of it: a model thinks, then it speaks, then it calls.
    private bool TakeChunk(in ResponsesChunk chunk, bool whole)
    {
        _response.Usage.Take(new(chunk.Usage));
        Say(ResponsesOutputKind.Reasoning, chunk.Reasoning, []);
        Say(ResponsesOutputKind.Text, chunk.Text, chunk.Logprobs.Length > 2 ? chunk.Logprobs[1..^1] : []);
        var parts = new ResponsesValue(chunk.Parts).Fields;
        while (parts.Next())
        {
            Say(ResponsesOutputKind.Text, ResponsesFields.Find(parts.Value, "text"u8).Inner, []);
        }

        Say(ResponsesOutputKind.Refusal, chunk.Refusal, []);
        _end = chunk.Finish.IsEmpty ? _end : ResponsesEnds.Of(chunk.Finish);
        return Call(chunk.Calls, whole);
    }

    private void Say(ResponsesOutputKind kind, ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs)
    {
        if (escaped.IsEmpty)
        {
            return;
        }

        var last = _waiting.Count > 0 ? _waiting[^1] : _open;
        if (last is null || last.Kind != kind)
        {
            last = new ResponsesOutput(kind, null);
            _waiting.Add(last);
        }

        last.Add(escaped, logprobs);
        if (last == _open)
        {
            events.Delta(last, escaped, logprobs);
        }
        else
        {
            Advance(false);
        }
    }

    private bool Call(ReadOnlySpan<byte> list, bool whole)
    {
        var pieces = new ResponsesValue(list).Fields;
        var several = pieces;
        var isSeveral = several.Next() && several.Next();
        for (var i = 0; pieces.Next(); i++)
        {
            if (_calls.Count == ResponsesCalls.Most)
            {
                return false;
            }

            var piece = ResponsesCallPiece.Read(pieces.Value);
            var call = whole ? _calls.Add(piece) : _calls.PlaceOf(piece, i, isSeveral);
            TakePiece(call, piece);
        }

        return true;
    }

    private void TakePiece(ResponsesCall call, in ResponsesCallPiece piece)
    {
        if (call.Item is null)
        {
            call.Item = new ResponsesOutput(ResponsesOutputKind.Call, call);
            _waiting.Add(call.Item);
        }
        else if (call.Item != _open && !_waiting.Contains(call.Item))
        {
            // It was whole, and is with the client.
            return;
        }

        call.Take(piece);
        if (call.Item != _open)
        {
            Advance(false);
        }
        else if (!_open.IsCustom)
        {
            events.Delta(_open, piece.Arguments, []);
        }
    }

    // Closes the open item when another waits that can begin, and so on.
    private void Advance(bool ends)
    {
        while (_waiting.Count > 0 && (ends || ((_open is null || _open.IsWhole) && _waiting[0].IsReady)))
        {
            var next = _waiting[0];
            _waiting.RemoveAt(0);
            if (next.IsReady)
            {
                Close(false);
                Open(next);
            }
        }
    }

    private void CloseAll()
    {
        Advance(true);
        Close(true);
    }

    private void Open(ResponsesOutput item)
    {
        if (item.Call is { } call)
        {
            var name = Decode(call.Name);
            item.Resolve(IdFor(call), name, frame.Tools.Called(name));
        }

        _open = item;
        item.Open(frame.Context.NewId(), _response.Count);
        events.Open(item);
        if (!item.IsCustom)
        {
            events.Delta(item, item.Said, item.Logprobs);
        }
    }

    private void Close(bool last)
    {
        if (_open is not { } item)
        {
            return;
        }

        if (item.Call is { } call)
        {
            Complete(item, call);
        }

        // Cut off is what was last, and every call that has no end.
        var cut = _end.IsCut() && (last || !item.IsWhole);
        events.Close(item, _response.Add(item, cut ? "incomplete"u8 : "completed"u8));
        _open = null;
    }

    // Clients parse the arguments, so there have to be some. The text of a free-form tool is known only now.
    private void Complete(ResponsesOutput item, ResponsesCall call)
    {
        if (item.IsCustom)
        {
            events.Delta(item, call.Arguments.Input.Span, []);
        }
        else if (!call.Arguments.HasBegun)
        {
            call.Arguments.Add("{}"u8);
            events.Delta(item, "{}"u8, []);
        }
    }

    private string IdFor(ResponsesCall call)
    {
        var id = call.Id.Length > 0 ? ResponsesCallIds.ToClient(Decode(call.Id)) : "";
        if (id.Length == 0 || !_callIds.Add(id))
        {
            id = "call_" + frame.Context.NewId();
            _callIds.Add(id);
        }

        return id;
    }

    private static string Decode(byte[] escaped) => new ResponsesValue([.. "\""u8, .. escaped, .. "\""u8]).Decode() ?? "";
}
