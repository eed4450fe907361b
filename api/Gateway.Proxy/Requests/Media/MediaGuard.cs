using System.Text.Json;
using Gateway.Engines;

namespace Gateway.Proxy.Requests;

/// <summary>Finds URLs that an engine would fetch from inside the network; where that is denied, only inline data passes.</summary>
internal ref struct MediaGuard
{
    private const int MaxDepth = 512;

    private readonly ReadOnlySpan<byte> _body;
    private readonly MediaFields _fields;
    private readonly Span<Scope> _scopes;

    private MediaGuard(ReadOnlySpan<byte> body, MediaFields fields, Span<Scope> scopes)
    {
        _body = body;
        _fields = fields;
        _scopes = scopes;
    }

    internal static JsonReaderOptions Options => new() { MaxDepth = MaxDepth };

    /// <summary>Finds a reference that the engine would fetch.</summary>
    /// <param name="body">A JSON body, known to be valid.</param>
    /// <param name="dialect">What the engine fetches from.</param>
    /// <returns>The path of the member with its address, as OpenAI writes it in <c>param</c>; null when there is none.</returns>
    public static string? Find(ReadOnlySpan<byte> body, RequestDialect dialect)
    {
        var at = new MediaGuard(body, dialect.Media, stackalloc Scope[MaxDepth + 2]).Find();
        at = at < 0 && dialect.FetchesMarkdownImages ? MarkdownImages.Find(body, Options) : at;
        return at < 0 ? null : JsonPath.Of(body, at, Options);
    }

    /// <summary>What is fetched from a member or part of that name.</summary>
    public static MediaName NameKind(ReadOnlySpan<byte> name, MediaFields fields)
    {
        if (FoldedName.Equal(name, "url"u8) || FoldedName.Equal(name, "uri"u8))
        {
            return MediaName.Bare;
        }

        var one = name.Length > 0 && (name[^1] | 0x20) == 's' ? name[..^1] : name;
        if (one.Length >= 3 && (FoldedName.Equal(one[^3..], "url"u8) || FoldedName.Equal(one[^3..], "uri"u8)))
        {
            return MediaName.Url;
        }

        if (IsOneOf(name, fields.OpenedNames) || FoldedName.Equal(name, "input_audio"u8))
        {
            return MediaName.Opened;
        }

        return IsOneOf(name, fields.SourceNames) ? MediaName.Source : IsOneOf(name, fields.ApartNames) ? MediaName.Apart : MediaName.None;
    }

    /// <summary>The engine would fetch that text from a member of that kind.</summary>
    public static bool IsFetched(MediaName kind, ReadOnlySpan<byte> text) => kind switch
    {
        MediaName.Url or MediaName.Bare => !MediaText.IsData(text),
        MediaName.Opened => !MediaText.IsInline(text),
        MediaName.Source => MediaText.IsPlace(text),
        MediaName.None or MediaName.Apart => false,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    internal static ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        var text = new byte[reader.ValueSpan.Length];
        try
        {
            return text.AsSpan(0, reader.CopyString(text));
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair cannot be read as text; nor is it part of any URL.
            return reader.ValueSpan;
        }
    }

    private readonly int Find()
    {
        var reader = new Utf8JsonReader(_body, Options);
        while (reader.Read())
        {
            var depth = reader.CurrentDepth;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    _scopes[depth + 1] = new Scope { Start = (int)reader.TokenStartIndex };
                    break;
                case JsonTokenType.StartArray:
                    _scopes[depth + 1].Kind = _scopes[depth].Kind;
                    break;
                case JsonTokenType.PropertyName:
                    Enter(ref reader, depth);
                    break;
                case JsonTokenType.String when _scopes[depth].Kind != MediaName.None && IsFetched(_scopes[depth].Kind, Text(ref reader)):
                    return (int)reader.TokenStartIndex;
                default:
                    break;
            }
        }

        return -1;
    }

    private readonly void Enter(ref Utf8JsonReader reader, int depth)
    {
        var name = Text(ref reader);
        ref var scope = ref _scopes[depth];
        var inAudio = depth > 1 && _scopes[depth - 1].Audio;
        scope.Audio = FoldedName.Equal(name, "input_audio"u8);
        scope.Kind = NameKind(name, _fields);
        if (scope.Kind == MediaName.None && inAudio && FoldedName.Equal(name, "data"u8))
        {
            scope.Kind = MediaName.Source;
        }

        // What a tool was called with, and what a search has found, is history; only the object's type shows it.
        var isHistory = scope.Kind == MediaName.Bare ? Has(ref scope, citing: true) : depth > 1 && FoldedName.Equal(name, "input"u8) && Has(ref scope, citing: false);
        if (scope.Kind == MediaName.Apart || isHistory)
        {
            scope.Kind = MediaName.None;
            reader.Skip();
        }
    }

    private readonly bool Has(ref Scope scope, bool citing)
    {
        ref var known = ref (citing ? ref scope.Citing : ref scope.Calling);
        if (known == 0)
        {
            known = (sbyte)(IsOfType(_body[scope.Start..], citing ? _fields.CitingTypes : _fields.CallingTypes) ? 1 : -1);
        }

        return known > 0;
    }

    // Of several types any may be the one that the engine reads.
    private static bool IsOfType(ReadOnlySpan<byte> start, IReadOnlyList<byte[]> types)
    {
        var reader = new Utf8JsonReader(start, Options);
        reader.Read();
        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = FoldedName.Equal(Text(ref reader), "type"u8);
            reader.Read();
            if (isType)
            {
                if (reader.TokenType != JsonTokenType.String || !IsOneOf(Text(ref reader), types))
                {
                    return false;
                }

                found = true;
            }

            reader.Skip();
        }

        return found;
    }

    private static bool IsOneOf(ReadOnlySpan<byte> name, IReadOnlyList<byte[]> names)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (FoldedName.Equal(name, names[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One level of nesting.</summary>
    private struct Scope
    {
        /// <summary>What the texts at this level are, by the name before them, for a list too.</summary>
        public MediaName Kind;

        /// <summary>Where the object begins.</summary>
        public int Start;

        public bool Audio;

        // 0: not yet asked.
        public sbyte Citing;

        public sbyte Calling;
    }
}

/// <summary>What an engine does with a text, by the name of its member.</summary>
internal enum MediaName
{
    None,

    /// <summary>Nothing below it is fetched.</summary>
    Apart,

    /// <summary>It is a URL, unless the object around it cites.</summary>
    Bare,

    /// <summary>It is a URL.</summary>
    Url,

    /// <summary>It is data, or the URL of it.</summary>
    Source,

    /// <summary>It is data, or the URL of it, or a file's path.</summary>
    Opened,
}
