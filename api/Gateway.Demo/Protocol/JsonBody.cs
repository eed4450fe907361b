using System.Text.Json;
using System.Text.Unicode;
using Gateway.Engines;

namespace Gateway.Demo.Protocol;

/// <summary>Reads a request's body.</summary>
internal static class JsonBody
{
    /// <summary>The object, or null where it is none, or where one of its texts cannot be read: nothing later has to expect that.</summary>
    public static JsonElement? Parse(ReadOnlySpan<byte> body) =>
        Utf8.IsValid(body) && RawJson.Parse(body) is { ValueKind: JsonValueKind.Object } root && HasSoundTexts(body) ? root : null;

    private static bool HasSoundTexts(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 512 });
        try
        {
            while (reader.Read())
            {
                if (reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, escaped: JSON by its grammar, and no text.
            return false;
        }
    }
}
