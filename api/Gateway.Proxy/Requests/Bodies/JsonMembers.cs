using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.Proxy.Requests;

/// <summary>The top-level members of a JSON object, found in one pass that allocates no objects and checks that the whole text is
/// JSON.</summary>
public sealed class JsonMembers
{
    /// <summary>No API has nearly as many; a body of nothing but members would cost many times its own size.</summary>
    private const int MaxMembers = 4096;

    /// <summary>How every reader of a body or of a part of one reads it: what one of them takes, the others take as well.</summary>
    public static JsonReaderOptions Options { get; } = new() { MaxDepth = 512 };

    private readonly List<JsonMember> _members = new(6);

    private JsonMembers(ReadOnlyMemory<byte> body) => Body = body;

    public ReadOnlyMemory<byte> Body { get; }

    public IReadOnlyList<JsonMember> All => _members;

    /// <summary>A member <c>tools</c> has an element whose type is not one of those that the caller runs by definition.</summary>
    /// <remarks>Found on the way, since a second pass would cost as much as the first.</remarks>
    public bool HasTypedTools { get; private set; }

    /// <summary>Finds the members.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="members">The members, when the body is a JSON object.</param>
    /// <param name="fault">What is wrong with it otherwise, as a sentence for the caller.</param>
    public static bool TryParse(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out JsonMembers? members, [NotNullWhen(false)] out string? fault)
    {
        members = new JsonMembers(body);
        fault = body.IsEmpty ? "The body is empty; it should be a JSON object." : null;
        if (fault is null && !Utf8.IsValid(body.Span))
        {
            fault = "The body is not valid UTF-8.";
        }

        try
        {
            fault ??= members.Scan();
        }
        catch (JsonException e)
        {
            fault = FormattableString.Invariant($"The body is not valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }

        members = fault is null ? members : null;
        return fault is null;
    }

    public JsonMember? Find(ReadOnlySpan<byte> name)
    {
        foreach (var member in _members)
        {
            if (member.Is(name))
            {
                return member;
            }
        }

        return null;
    }

    public ReadOnlySpan<byte> Value(in JsonMember member) => Body.Span[member.ValueStart..member.End];

    /// <summary>The member occurs more than once, or in another case: the engine may read another one than the gateway did.</summary>
    public bool IsAmbiguous(ReadOnlySpan<byte> name)
    {
        var count = 0;
        var exact = 0;
        foreach (var member in _members)
        {
            count += member.IsLike(name) ? 1 : 0;
            exact += member.Is(name) ? 1 : 0;
        }

        return count > 1 || count != exact;
    }

    private string? Scan()
    {
        var reader = new Utf8JsonReader(Body.Span, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return $"The body is a JSON {Word(reader.TokenType)}; it should be an object.";
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (_members.Count == MaxMembers)
            {
                return FormattableString.Invariant($"The body has more than {MaxMembers} members.");
            }

            var start = (int)reader.TokenStartIndex;
            var name = reader.ValueIsEscaped ? Unescaped(ref reader) : Body.Slice(start + 1, reader.ValueSpan.Length);
            reader.Read();
            var valueStart = (int)reader.TokenStartIndex;
            var kind = reader.TokenType;
            Pass(ref reader, name.Span);
            _members.Add(new JsonMember(name, start, valueStart, (int)reader.BytesConsumed, kind));
        }

        // Anything behind the object is a fault, which one more read reports.
        reader.Read();
        return null;
    }

    private void Pass(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (reader.TokenType != JsonTokenType.StartArray || !FoldedName.Equal(name, "tools"u8))
        {
            reader.Skip();
            return;
        }

        var outside = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > outside)
        {
            // A name or a type with escapes is not read here: it only has to be noticed.
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == outside + 2 && (reader.ValueIsEscaped || FoldedName.Equal(reader.ValueSpan, "type"u8)))
            {
                reader.Read();
                HasTypedTools |= reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped || !(reader.ValueSpan.SequenceEqual("function"u8) || reader.ValueSpan.SequenceEqual("custom"u8));
                reader.Skip();
            }
        }
    }

    // Half a surrogate pair is no text, but the grammar of JSON allows it: such a name stays as it is written.
    private static byte[] Unescaped(ref Utf8JsonReader reader)
    {
        try
        {
            return Encoding.UTF8.GetBytes(reader.GetString()!);
        }
        catch (InvalidOperationException)
        {
            return reader.ValueSpan.ToArray();
        }
    }

    private static string Word(JsonTokenType token)
    {
        if (token == JsonTokenType.StartArray)
        {
            return "array";
        }

        return token is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.Null ? token.ToString().ToLowerInvariant() : "boolean";
    }
}

/// <summary>Where one top-level member of a JSON object lies in its bytes.</summary>
/// <param name="Name">The member's name, unescaped; a slice of the body where it has no escapes.</param>
/// <param name="Start">Offset of the name's opening quote.</param>
/// <param name="ValueStart">Offset of the value's first byte.</param>
/// <param name="End">Offset after the value's last byte.</param>
/// <param name="Kind">The value's first token.</param>
public readonly record struct JsonMember(ReadOnlyMemory<byte> Name, int Start, int ValueStart, int End, JsonTokenType Kind)
{
    public bool Is(ReadOnlySpan<byte> name) => Name.Span.SequenceEqual(name);

    /// <summary>Is it in any spelling of case.</summary>
    public bool IsLike(ReadOnlySpan<byte> name) => FoldedName.Equal(Name.Span, name);
}

/// <summary>Compares texts in a JSON body.</summary>
internal static class JsonText
{
    /// <summary>The token at the reader equals this text.</summary>
    /// <remarks>False for half a surrogate pair, which JSON allows and no reader decodes.</remarks>
    public static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        try
        {
            return reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
