namespace Gateway.Proxy.Translation;

/// <summary>
/// The tool calls of a stream, and which of them a piece belongs to. OpenAI tells them apart by their <c>index</c>. Some engines give
/// every call the same
/// one, or none, and some give a call another id in every piece.
/// </summary>
internal sealed class MessagesCalls
{
    /// <summary>No answer has nearly as many; to find a call's own among them takes its time.</summary>
    private const int Most = 1024;

    private readonly List<MessagesCall> _calls = [];

    /// <summary>Calls that there are.</summary>
    public int Count => _calls.Count;

    /// <summary>Finds the call of a piece, or makes one.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="data">What it lies in.</param>
    /// <param name="position">Its place among the pieces of its chunk.</param>
    /// <param name="several">Its chunk has others.</param>
    /// <param name="isNew">The call begins with it.</param>
    public MessagesCall? Of(in MessagesPiece piece, ReadOnlySpan<byte> data, int position, bool several, out bool isNew)
    {
        isNew = false;
        var id = data[piece.Id];
        var name = data[piece.Name];
        var known = id.IsEmpty ? null : WithId(id, piece.Index);
        if (known is not null)
        {
            return known;
        }

        var near = piece.Index is not null ? WithIndex(piece.Index)
            : several ? _calls.ElementAtOrDefault(position)
            : _calls.LastOrDefault();
        if (near is not null && !IsAnother(near, id, name, piece))
        {
            return near;
        }

        if (_calls.Count == Most || (id.IsEmpty && name.IsEmpty && data[piece.Arguments].IsEmpty))
        {
            return null;
        }

        isNew = true;
        var call = new MessagesCall(piece.Index);
        _calls.Add(call);
        return call;
    }

    /// <summary>An earlier call has that id.</summary>
    public bool HasEarlier(MessagesCall call)
    {
        foreach (var one in _calls)
        {
            if (one == call)
            {
                return false;
            }

            if (one.HasId(call.Id))
            {
                return true;
            }
        }

        return false;
    }

    // A piece that names a tool where one is named already begins another call, or says the name again.
    private static bool IsAnother(MessagesCall call, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, in MessagesPiece piece)
    {
        if (name.IsEmpty || call.Name is null)
        {
            return false;
        }

        var differs = !call.IsNamed(name);
        return !id.IsEmpty
            ? differs || call.IsWhole || (call.Id is not null && !call.HasArguments)
            : call.IsWhole && (differs || !piece.Arguments.Equals(default));
    }

    private MessagesCall? WithId(ReadOnlySpan<byte> id, int? index)
    {
        for (var i = _calls.Count - 1; i >= 0; i--)
        {
            if (_calls[i].HasId(id) && (index is null || _calls[i].Index == index))
            {
                return _calls[i];
            }
        }

        return null;
    }

    private MessagesCall? WithIndex(int? index)
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
}
