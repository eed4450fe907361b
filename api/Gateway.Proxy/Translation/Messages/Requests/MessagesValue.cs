using System.Text.Json;

namespace Gateway.Proxy.Translation;

/// <summary>Where a value lies in the bytes of a body, and what it is.</summary>
internal readonly record struct MessagesValue(JsonTokenType Kind, Range At)
{
    public bool IsText => Kind == JsonTokenType.String;

    public bool IsObject => Kind == JsonTokenType.StartObject;

    public bool IsList => Kind == JsonTokenType.StartArray;

    public bool IsNumber => Kind == JsonTokenType.Number;

    public bool IsTrue => Kind == JsonTokenType.True;

    /// <summary>It says nothing: it is not there, or null.</summary>
    public bool IsMissing => Kind is JsonTokenType.None or JsonTokenType.Null;

    /// <summary>A text without its quotes, still escaped.</summary>
    public Range Inside => (At.Start.Value + 1)..(At.End.Value - 1);

    /// <summary>It is a text with something in it.</summary>
    public bool IsFilled => IsText && At.End.Value - At.Start.Value > 2;

    /// <summary>It is an object or a list with nothing in it but white space.</summary>
    public bool IsEmpty(ReadOnlySpan<byte> body) => (IsObject || IsList) && body[Inside].IndexOfAnyExcept(" \t\r\n"u8) < 0;
}
