namespace Gateway.Proxy.Translation;

/// <summary>
/// The items of one answer, one after the other. One is open at a time and each is begun once, so what cannot go to the open one waits:
/// text behind a call whose arguments are not whole yet, the pieces of another call.
/// </summary>
internal sealed class ResponsesQueue(ResponsesFrame frame, ResponsesEvents events, ResponsesObject response)
{
    private readonly ResponsesCalls _calls = new();
    private readonly List<ResponsesOutput> _waiting = [];
    private readonly HashSet<string> _callIds = [];
    private ResponsesOutput? _open;
    private ResponsesEnd _end;

    /// <summary>More of what the model says; the text is escaped.</summary>
    public void Say(ResponsesOutputKind kind, ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs)
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

    /// <summary>Takes a list of calls, or of pieces of calls.</summary>
    /// <param name="list">The list.</param>
    /// <param name="whole">Each of them is whole.</param>
    /// <returns>False when there are too many.</returns>
    public bool Call(ReadOnlySpan<byte> list, bool whole)
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
            if ((whole ? _calls.Add(piece) : _calls.PlaceOf(piece, i, isSeveral)) is { } call)
            {
                TakePiece(call, piece);
            }
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

    /// <summary>Gives out what waits and ends it all.</summary>
    /// <param name="end">Why the answer has ended.</param>
    public void CloseAll(ResponsesEnd end)
    {
        _end = end;
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
        item.Open(frame.Context.NewId(), response.Count);
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
        events.Close(item, response.Add(item, cut ? "incomplete"u8 : "completed"u8));
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
