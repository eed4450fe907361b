using System.Text.Json;

namespace Gateway.Proxy.Responses;

/// <summary>An error that stands in a stream without being the data of an event: as the value of a field of its own, or as JSON alone.</summary>
internal static class UnframedError
{
    /// <summary>Finds the error.</summary>
    /// <param name="text">What begins where the error would begin.</param>
    /// <returns>The error; empty where it is none.</returns>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> text)
    {
        if (text[0] != '{')
        {
            return text;
        }

        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 512 });
            reader.Read();
            var says = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                says |= reader.ValueTextEquals("error"u8) || reader.ValueTextEquals("detail"u8) || reader.ValueTextEquals("message"u8);
                reader.Skip();
            }

            return says ? text[..(int)reader.BytesConsumed] : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
