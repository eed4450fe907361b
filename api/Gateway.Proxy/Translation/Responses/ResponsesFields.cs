using System.Text.Json;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Translation;

/// <summary>Goes over the members of an object or the elements of a list, one after the other and without objects.</summary>
internal ref struct ResponsesFields
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly bool _named;
    private readonly bool _any;
    private Utf8JsonReader _reader;
    private ResponsesValue _name;

    public ResponsesFields(ReadOnlySpan<byte> json)
    {
        _json = json;
        _any = !json.IsEmpty && json[0] is (byte)'{' or (byte)'[';
        if (_any)
        {
            _reader = new Utf8JsonReader(json, JsonMembers.Options);
            _reader.Read();
            _named = json[0] == '{';
        }
    }

    public ResponsesValue Value { get; private set; }

    public bool Next()
    {
        if (!_any || !_reader.Read() || _reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
        {
            return false;
        }

        if (_named)
        {
            _name = new ResponsesValue(_json.Slice((int)_reader.TokenStartIndex, _reader.ValueSpan.Length + 2));
            _reader.Read();
        }

        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        Value = new ResponsesValue(_json[start..(int)_reader.BytesConsumed]);
        return true;
    }

    public readonly bool Is(ReadOnlySpan<byte> name) => _name.Is(name);

    /// <summary>The last member of that name, since that is the one that most readers take.</summary>
    public static ResponsesValue Find(ResponsesValue of, ReadOnlySpan<byte> name)
    {
        var found = default(ResponsesValue);
        var fields = of.Fields;
        while (fields.Next())
        {
            found = fields.Is(name) ? fields.Value : found;
        }

        return found;
    }
}
