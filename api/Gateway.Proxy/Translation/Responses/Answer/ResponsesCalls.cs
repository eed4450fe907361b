namespace Gateway.Proxy.Translation;

/// <summary>
/// The calls of one answer. OpenAI tells them apart by their index. Some engines give every call the same one, or none, and some give a
/// call another id in every piece: what tells calls apart then is their id, their name, and whether the arguments that are here are
/// whole.
/// </summary>
internal sealed class ResponsesCalls
{
    /// <summary>No model calls so many; each is searched for with every piece.</summary>
    public const int Most = 1024;

    private readonly List<ResponsesCall> _calls = [];

    public int Count => _calls.Count;

    /// <summary>The call that a piece belongs to, a new one if need be.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="position">Where it stands among the pieces of its chunk.</param>
    /// <param name="several">There are others in the chunk.</param>
    /// <returns>Null where it says a whole call again.</returns>
    public ResponsesCall? PlaceOf(in ResponsesCallPiece piece, int position, bool several)
    {
        var known = ById(piece);
        if (known is not null && known.Arguments.IsWhole && !piece.Name.IsEmpty && !piece.Arguments.IsEmpty)
        {
            return IsSame(known, piece) ? null : Add(piece);
        }

        var near = known ?? (piece.Index is not null ? ByIndex(piece.Index)
            : several ? _calls.ElementAtOrDefault(position)
            : _calls.LastOrDefault());
        return near is not null && (known is not null || !IsAnother(near, piece)) ? near : Add(piece);
    }

    /// <summary>A new call: in an answer in one piece each is whole.</summary>
    public ResponsesCall Add(in ResponsesCallPiece piece)
    {
        var call = new ResponsesCall(piece.Index);
        _calls.Add(call);
        return call;
    }

    private static bool IsSame(ResponsesCall call, in ResponsesCallPiece piece) =>
        piece.Name.SequenceEqual(call.Name) && piece.Arguments.SequenceEqual(call.Arguments.Escaped);

    private ResponsesCall? ById(in ResponsesCallPiece piece)
    {
        for (var i = _calls.Count - 1; i >= 0 && !piece.Id.IsEmpty; i--)
        {
            if (piece.Id.SequenceEqual(_calls[i].Id) && (piece.Index is null || piece.Index == _calls[i].Index))
            {
                return _calls[i];
            }
        }

        return null;
    }

    private ResponsesCall? ByIndex(int? index)
    {
        for (var i = _calls.Count - 1; i >= 0; i--)
        {
            if (_calls[i].Index == index)
            {
                return _calls[i];
            }
        }

        return null;
    }

    // A piece that names a function where one is named already begins another call, or says the name again.
    private static bool IsAnother(ResponsesCall call, in ResponsesCallPiece piece)
    {
        if (piece.Name.IsEmpty || call.Name.Length == 0)
        {
            return false;
        }

        var differs = !piece.Name.SequenceEqual(call.Name);
        var whole = call.Arguments.IsWhole;
        return piece.Id.IsEmpty ? whole && (differs || !piece.Arguments.IsEmpty) : differs || whole;
    }
}
