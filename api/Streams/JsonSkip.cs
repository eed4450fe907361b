using System.Text.Json;

namespace Gateway.Streams;

/// <summary>Goes past values that are nobody's to read here.</summary>
internal static class JsonSkip
{
    /// <summary>Skips the value that the reader stands on, and tells whether it was an object or a list with something in it.</summary>
    public static bool Filled(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return false;
        }

        var start = reader.TokenStartIndex;
        reader.Skip();
        return reader.BytesConsumed - start > "[]".Length;
    }
}
