using System.Text;
using System.Text.Json;

namespace Gateway.Engines;

/// <summary>Values of a request as the rules of a profile look at them: what cannot be read is left as it came.</summary>
public static class RawJson
{
    /// <summary>The value, or null where it is no sound JSON.</summary>
    public static JsonElement? Parse(ReadOnlySpan<byte> value)
    {
        try
        {
            var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = 512 });
            var element = JsonElement.ParseValue(ref reader);
            return reader.Read() ? null : element;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static byte[] Bytes(JsonElement element) => Encoding.UTF8.GetBytes(element.GetRawText());
}
