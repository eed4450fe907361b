using System.Text.Json;

namespace Gateway.Proxy.Responses;

/// <summary>Skips JSON values.</summary>
internal static class JsonSkip
{
    /// <summary>Skips the value at the reader.</summary>
    /// <returns>True for an object or a list that is not empty.</returns>
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
