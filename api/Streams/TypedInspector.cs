using System.Text;
using System.Text.Json;
using Gateway.Endpoints;
using Gateway.Errors;

namespace Gateway.Streams;

/// <summary>Answers whose pieces carry a <c>type</c> (responses, messages, transcripts, speech, images), and plain JSON answers of every other endpoint.</summary>
/// <param name="shape">The API's shape of streams.</param>
/// <param name="secret">The engine's key, which is masked where an answer reports a failure; null where there is none.</param>
internal sealed class TypedInspector(StreamShape shape, SecretText? secret = null) : AnswerInspector
{
    private bool _complete;
    private bool _failed;

    public override bool IsComplete => _complete;

    public override bool KnowsEnd => shape is StreamShape.Responses or StreamShape.Messages;

    protected override PieceKind ReadPiece(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var error = false;
        var whole = false;
        string? type = null;
        _failed = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = ReadType(ref reader);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                error |= reader.TokenType != JsonTokenType.Null;
                reader.Skip();
            }
            else
            {
                whole |= reader.ValueTextEquals("object"u8);
                ReadOther(ref reader);
            }
        }

        _complete |= type is not null && IsLast(type);
        IsPreamble = type is "response.created" or "response.queued" or "response.in_progress" or "message_start" or "ping";
        HasContent = type is null || type.EndsWith("delta", StringComparison.Ordinal) || _complete;

        _failed |= error;
        HideSecret(json);

        // A failed response is a whole answer of its API, with the error in it; only an error outside one is a failure.
        return type == "error" || (error && type is null && !whole) ? PieceKind.Error : PieceKind.Sound;
    }

    // What fails may repeat the key that it failed with. A sound answer is the model's and passes as it is.
    private void HideSecret(ReadOnlySpan<byte> json)
    {
        if (_failed && secret?.CleanJson(json) is { } clean)
        {
            Splices.Add(new Splice(0, json.Length, clean));
        }
    }

    protected override PieceKind OtherThanObject(JsonTokenType token) =>
        shape == StreamShape.None && token is JsonTokenType.EndArray ? PieceKind.Sound : PieceKind.Invalid;

    private static string? ReadType(ref Utf8JsonReader reader)
    {
        reader.Read();
        var type = reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= 64 ? Encoding.UTF8.GetString(reader.ValueSpan) : null;
        reader.Skip();
        return type;
    }

    private bool IsLast(string type) => shape switch
    {
        StreamShape.Responses => type is "response.completed" or "response.incomplete" or "response.failed" or "response.cancelled",
        StreamShape.Messages => type == "message_stop",
        StreamShape.None or StreamShape.Choices or StreamShape.TypedEvents => IsTypedEnd(type),
        _ => throw new InvalidOperationException($"{shape} has no end."),
    };

    private static bool IsTypedEnd(string type) =>
        type.EndsWith(".done", StringComparison.Ordinal) || type.EndsWith(".completed", StringComparison.Ordinal);

    // The usage lies at the top, or one level down in the object that the event is about.
    private void ReadOther(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("usage"u8))
        {
            reader.Read();
            UsageReader.Read(ref reader, ref Usage);
            return;
        }

        var holder = reader.ValueTextEquals("response"u8) || reader.ValueTextEquals("message"u8);
        reader.Read();
        if (!holder || reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var usage = reader.ValueTextEquals("usage"u8);
            var error = reader.ValueTextEquals("error"u8);
            reader.Read();
            _failed |= error && reader.TokenType != JsonTokenType.Null;
            if (usage)
            {
                UsageReader.Read(ref reader, ref Usage);
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
