using System.Text.Json;

namespace Gateway.Proxy.Responses;

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

    /// <summary>Reads the value of the member whose name the reader stands on: a whole number, or null.</summary>
    public static int? Whole(ref Utf8JsonReader reader)
    {
        reader.Read();
        int? number = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) ? value : null;
        reader.Skip();
        return number;
    }
}
