using System.Text.Json;

namespace Gateway.Proxy.Responses;

/// <summary>What a piece of a tool call says of the call that it belongs to. Texts are as they are escaped; null where they are empty.</summary>
internal readonly record struct ToolCallHead(int? Index, byte[]? Id, byte[]? Name, bool HasArguments)
{
    /// <summary>Reads the object that the reader stands on; the caller's reader stays where it is.</summary>
    public static ToolCallHead Read(Utf8JsonReader reader)
    {
        var head = new ToolCallHead(MergePlace.IndexOf(reader), null, null, false);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return head;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var id = reader.ValueTextEquals("id"u8);
            var function = reader.ValueTextEquals("function"u8);
            reader.Read();
            if (function && reader.TokenType == JsonTokenType.StartObject)
            {
                head = WithFunction(head, ref reader);
                continue;
            }

            head = id ? head with { Id = Text(ref reader) } : head;
            reader.Skip();
        }

        return head;
    }

    private static ToolCallHead WithFunction(ToolCallHead head, ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueTextEquals("name"u8);
            var arguments = reader.ValueTextEquals("arguments"u8);
            reader.Read();
            head = name ? head with { Name = Text(ref reader) } : arguments ? head with { HasArguments = Text(ref reader) is not null } : head;
            reader.Skip();
        }

        return head;
    }

    private static byte[]? Text(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty ? reader.ValueSpan.ToArray() : null;
}
