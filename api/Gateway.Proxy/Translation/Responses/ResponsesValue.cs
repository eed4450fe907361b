using System.Text.Json;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Translation;

/// <summary>One JSON value by its bytes; empty where a member is absent. The text around it was checked before.</summary>
internal readonly ref struct ResponsesValue(ReadOnlySpan<byte> raw)
{
    public ReadOnlySpan<byte> Raw { get; } = raw;

    /// <summary>It is absent, or null.</summary>
    public bool IsMissing => Raw.IsEmpty || Raw[0] == 'n';

    public bool IsText => !Raw.IsEmpty && Raw[0] == '"';

    public bool IsList => !Raw.IsEmpty && Raw[0] == '[';

    public bool IsObject => !Raw.IsEmpty && Raw[0] == '{';

    public bool IsTrue => Raw.SequenceEqual("true"u8);

    /// <summary>A text between its quotes, as it is escaped; empty where the value is no text.</summary>
    public ReadOnlySpan<byte> Inner => IsText ? Raw[1..^1] : [];

    public bool Is(ReadOnlySpan<byte> text)
    {
        if (!IsText || Inner.IndexOf((byte)'\\') < 0)
        {
            return IsText && Inner.SequenceEqual(text);
        }

        var reader = new Utf8JsonReader(Raw);
        reader.Read();
        return JsonText.Is(ref reader, text);
    }

    /// <summary>The text; null where it is none, or holds half a surrogate pair.</summary>
    public string? Decode()
    {
        if (!IsText)
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(Raw);
            reader.Read();
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The members of an object or the elements of a list; none of anything else.</summary>
    public ResponsesFields Fields => new(Raw);
}
