using System.Text.Json;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Translation;

/// <summary>Goes over the members of an object, or the elements of a list, in a body that is known to be sound JSON.</summary>
internal ref struct MessagesCursor
{
    private readonly int _offset;
    private Utf8JsonReader _reader;

    public MessagesCursor(ReadOnlySpan<byte> body, in MessagesValue value)
    {
        _offset = value.At.Start.Value;
        _reader = new Utf8JsonReader(body[value.At], JsonMembers.Options);
        _reader.Read();
    }

    /// <summary>Goes to the next element.</summary>
    public bool NextElement(out MessagesValue value)
    {
        value = default;
        if (!_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        value = Value();
        return true;
    }

    /// <summary>Goes to the next member, whose value then has to be taken.</summary>
    public bool NextMember() => _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>The member has that name.</summary>
    public bool Is(ReadOnlySpan<byte> name) => JsonText.Is(ref _reader, name);

    /// <summary>Takes the value of the member.</summary>
    public MessagesValue MemberValue()
    {
        _reader.Read();
        return Value();
    }

    private MessagesValue Value()
    {
        var kind = _reader.TokenType;
        var start = _offset + (int)_reader.TokenStartIndex;
        _reader.Skip();
        return new MessagesValue(kind, start..(_offset + (int)_reader.BytesConsumed));
    }
}
