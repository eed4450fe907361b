using System.Text.Json;

namespace Gateway.Proxy.Requests;

/// <summary>Compares texts in a body that a caller wrote.</summary>
internal static class JsonText
{
    /// <summary>The reader stands on a name or a text that says this. Half a surrogate pair, which the grammar of JSON allows and no reader can read, says nothing.</summary>
    public static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        try
        {
            return reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
