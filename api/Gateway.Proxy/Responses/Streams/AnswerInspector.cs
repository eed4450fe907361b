using System.Text.Json;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Responses;

/// <summary>What a piece of an answer turned out to be.</summary>
internal enum PieceKind
{
    /// <summary>An ordinary piece.</summary>
    Sound,

    /// <summary>A piece that only the gateway asked for; the caller does not see it.</summary>
    Hidden,

    /// <summary>The engine reports a failure in it.</summary>
    Error,

    /// <summary>It is not the JSON that it should be.</summary>
    Invalid,

    /// <summary>It says that the engine stopped the answer half way.</summary>
    Aborted,
}

/// <summary>Inspects the pieces of one answer (events, or the one body).</summary>
/// <remarks>Hidden errors, the end, usage, and edits that the profile requires.</remarks>
internal abstract class AnswerInspector
{
    private TokenUsage _usage;

    /// <summary>The changes to the piece inspected last.</summary>
    public List<Splice> Splices { get; } = [];

    /// <summary>The event inspected last goes on under this name; null: under its own.</summary>
    public byte[]? Name { get; protected set; }

    /// <summary>The event inspected last is kept until the next one is here, which may have something for it.</summary>
    public bool IsLate { get; protected set; }

    /// <summary>What the hidden piece inspected last has for the event before it: a member of its data, as JSON.</summary>
    public byte[]? Trailer { get; protected set; }

    /// <summary>The piece inspected last carries something a reader would see: text, thinking, a tool call.</summary>
    public bool HasContent { get; protected set; }

    /// <summary>The piece inspected last only says that an answer has begun: the role, or that the request was accepted.</summary>
    public bool IsPreamble { get; protected set; }

    /// <summary>What the engine says of a failure, as JSON, where that is not the whole piece.</summary>
    public byte[]? Failure { get; protected set; }

    public ref TokenUsage Usage => ref _usage;

    /// <summary>The stream is complete, apart from its end marker.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>A stream of this shape says when it is complete, so that an end before it is a cut.</summary>
    public abstract bool KnowsEnd { get; }

    /// <summary>What a whole stream of this shape ends with; empty where its last event says it.</summary>
    public virtual ReadOnlySpan<byte> EndMarker => default;

    /// <summary>Inspects one piece.</summary>
    /// <param name="eventName">The event's name, empty for a body.</param>
    /// <param name="json">The piece.</param>
    public PieceKind Inspect(ReadOnlySpan<byte> eventName, ReadOnlySpan<byte> json)
    {
        Splices.Clear();
        HasContent = false;
        IsPreamble = false;
        Name = null;
        IsLate = false;
        Trailer = null;
        return eventName.SequenceEqual("error"u8) ? PieceKind.Error : Read(json);
    }

    /// <summary>Reads the object that the reader stands on, to its end.</summary>
    protected abstract PieceKind ReadPiece(ref Utf8JsonReader reader, ReadOnlySpan<byte> json);

    /// <summary>A piece that is an array or a bare value.</summary>
    protected virtual PieceKind OtherThanObject(JsonTokenType token) => PieceKind.Invalid;

    private PieceKind Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                var token = reader.TokenType;
                return reader.Read() ? PieceKind.Invalid : OtherThanObject(token);
            }

            var kind = ReadPiece(ref reader, json);
            return reader.Read() ? PieceKind.Invalid : kind;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return PieceKind.Invalid;
        }
    }
}
