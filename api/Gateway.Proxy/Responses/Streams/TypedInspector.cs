using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Proxy.Responses;

/// <summary>Answers whose pieces carry a <c>type</c> (responses, messages, transcripts, speech, images), and plain JSON answers of every
/// other endpoint.</summary>
/// <param name="shape">The layout of the endpoint's streams.</param>
/// <param name="dialect">The engine's departures.</param>
/// <param name="secret">The engine's key, which is masked where an answer reports a failure; null where there is none.</param>
internal sealed class TypedInspector(StreamShape shape, ResponseDialect dialect, SecretText? secret = null) : AnswerInspector
{
    private bool _complete;
    private bool _stopped;
    private bool _reasoned;
    private Piece _piece;

    public override bool IsComplete => _complete || _reasoned;

    public override bool KnowsEnd => shape is StreamShape.Responses or StreamShape.Messages;

    public override ReadOnlySpan<byte> EndMarker =>
        shape == StreamShape.Messages && !_stopped ? "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8 : default;

    protected override PieceKind ReadPiece(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        _piece = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                _piece.Type = reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= 64 ? Encoding.UTF8.GetString(reader.ValueSpan) : null;
                _piece.TypeAt = ((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                _piece.Error |= reader.TokenType != JsonTokenType.Null;
                reader.Skip();
            }
            else
            {
                ReadOther(ref reader);
            }
        }

        var kind = Judge(_piece.Type);
        HideSecret(json);
        return kind;
    }

    // What fails may repeat the key that it failed with. A sound answer is the model's and passes as it is.
    private void HideSecret(ReadOnlySpan<byte> json)
    {
        if ((_piece.Error || _piece.Failed) && secret?.CleanJson(json) is { } clean)
        {
            Splices.Clear();
            Splices.Add(new Splice(0, json.Length, clean));
        }
    }

    protected override PieceKind OtherThanObject(JsonTokenType token) =>
        shape == StreamShape.None && token is JsonTokenType.EndArray ? PieceKind.Sound : PieceKind.Invalid;

    private PieceKind Judge(string? type)
    {
        var last = type is not null && TypedEvents.IsLast(shape, type);
        _reasoned |= type == "message_delta" && _piece.StopReason;
        IsPreamble = TypedEvents.IsPreamble(type) || (type == "message_delta" && !_piece.StopReason);
        HasContent = type is null || type.EndsWith("delta", StringComparison.Ordinal) || last;

        // A failed response is a whole answer of its API, with the error in it; only an error outside one is a failure.
        if (type == "error" || _piece.IsError || (_piece.Error && type is null && !_piece.Whole))
        {
            return PieceKind.Error;
        }

        if (IsAborted(type, last))
        {
            return PieceKind.Aborted;
        }

        _complete |= last;
        _stopped |= type == "message_stop";
        NameIncomplete(type);
        return PieceKind.Sound;
    }

    // OpenAI ends what was cut short by a limit with an event of that name.
    private void NameIncomplete(string? type)
    {
        if (_piece.Incomplete && type == "response.completed")
        {
            Splices.Add(new Splice(_piece.TypeAt.Start, _piece.TypeAt.Length, "\"response.incomplete\""u8.ToArray()));
            Name = "response.incomplete"u8.ToArray();
        }
    }

    // A message always says why it ended; an engine that stopped it half way has no reason for it, or one that is none.
    private bool IsAborted(string? type, bool last) => _piece.Aborted || shape switch
    {
        StreamShape.Messages => !_piece.StopReason && (type == "message" || (type == "message_stop" && !_reasoned)),
        StreamShape.Responses => _piece is { Cancelled: true, Background: false } && (type is null || last),
        StreamShape.None or StreamShape.Choices or StreamShape.TypedEvents => false,
        _ => throw new InvalidOperationException($"{shape} is no shape."),
    };

    // What matters lies at the top, or one level down in the object that the event is about.
    private void ReadOther(ref Utf8JsonReader reader)
    {
        var about = reader.ValueTextEquals("response"u8) || reader.ValueTextEquals("message"u8) || (shape == StreamShape.Messages && reader.ValueTextEquals("delta"u8));
        if (!about)
        {
            ReadMember(ref reader, outside: true);
            return;
        }

        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(ref reader, outside: false);
        }
    }

    private void ReadMember(ref Utf8JsonReader reader, bool outside)
    {
        if (reader.ValueTextEquals("usage"u8))
        {
            reader.Read();
            UsageReader.Read(ref reader, ref Usage);
            return;
        }

        if (outside && reader.ValueTextEquals("object"u8))
        {
            // Older engines say what failed in an object of that name; its type is then the kind of the fault.
            reader.Read();
            _piece.IsError |= reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("error"u8);
            _piece.Whole = true;
            reader.Skip();
        }
        else if (shape == StreamShape.Messages)
        {
            ReadOfMessage(ref reader);
        }
        else if (shape == StreamShape.Responses)
        {
            ReadOfResponse(ref reader);
        }
        else
        {
            var error = reader.ValueTextEquals("error"u8);
            reader.Read();
            _piece.Failed |= error && reader.TokenType != JsonTokenType.Null;
            reader.Skip();
        }
    }

    private void ReadOfMessage(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("stop_reason"u8))
        {
            _piece.StopReason = TakeReason(ref reader);
            return;
        }

        // A message's content is a list, also where there is nothing in it.
        var content = reader.ValueTextEquals("content"u8);
        reader.Read();
        if (content && reader.TokenType == JsonTokenType.Null)
        {
            Splices.Add(new Splice((int)reader.TokenStartIndex, 4, "[]"u8.ToArray()));
        }

        reader.Skip();
    }

    private void ReadOfResponse(ref Utf8JsonReader reader)
    {
        var status = reader.ValueTextEquals("status"u8);
        var background = reader.ValueTextEquals("background"u8);
        var details = reader.ValueTextEquals("incomplete_details"u8);
        var error = reader.ValueTextEquals("error"u8);
        reader.Read();
        _piece.Failed |= error && reader.TokenType != JsonTokenType.Null;
        if (status && reader.TokenType == JsonTokenType.String)
        {
            _piece.Incomplete = reader.ValueTextEquals("incomplete"u8);
            _piece.Cancelled = reader.ValueTextEquals("cancelled"u8);
        }
        else if (details && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                _ = reader.ValueTextEquals("reason"u8) ? TakeReason(ref reader) : Pass(ref reader);
            }
        }
        else
        {
            _piece.Background |= background && reader.TokenType == JsonTokenType.True;
            reader.Skip();
        }
    }

    /// <returns>False when it is no reason, or that of an answer that was stopped.</returns>
    private bool TakeReason(ref Utf8JsonReader reader)
    {
        reader.Read();
        var reason = reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty && reader.ValueSpan.Length <= 64 ? reader.GetString() : null;
        _piece.Aborted |= reason is not null && dialect.AbortReasons.Contains(reason, StringComparer.OrdinalIgnoreCase);
        reader.Skip();
        return reason is not null && !_piece.Aborted;
    }

    private static bool Pass(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return false;
    }

    /// <summary>What one piece says.</summary>
    private struct Piece
    {
        public string? Type;
        public (int Start, int Length) TypeAt;
        public bool Error;
        public bool IsError;
        public bool Failed;
        public bool Whole;
        public bool StopReason;
        public bool Aborted;
        public bool Incomplete;
        public bool Cancelled;
        public bool Background;
    }
}
