using System.Text.Json;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Translation;

/// <summary>A tool call, or a piece of one. Ranges are texts without their quotes; empty where there is none.</summary>
/// <param name="Index">Which call it belongs to, where the engine says so.</param>
/// <param name="Id">The call's id.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">The arguments, or a piece of them.</param>
/// <param name="IsObject">The arguments are an object, not the text of one.</param>
internal readonly record struct MessagesPiece(int? Index, Range Id, Range Name, Range Arguments, bool IsObject);

/// <summary>Reads the tool calls of a message or a delta.</summary>
internal static class MessagesPieces
{
    /// <summary>Reads the member that the reader stands on; another than <c>tool_calls</c> is skipped.</summary>
    public static void ReadMember(ref Utf8JsonReader reader, List<MessagesPiece> pieces)
    {
        var calls = JsonText.Is(ref reader, "tool_calls"u8);
        reader.Read();
        if (!calls || reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                pieces.Add(ReadPiece(ref reader));
            }

            reader.Skip();
        }
    }

    /// <summary>The value that comes next, if it is a text with something in it; the reader then stands at its end.</summary>
    public static Range Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex + 1;
        var filled = reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
        var text = filled ? start..(start + reader.ValueSpan.Length) : default;
        reader.Skip();
        return text;
    }

    private static MessagesPiece ReadPiece(ref Utf8JsonReader reader)
    {
        var piece = default(MessagesPiece);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (JsonText.Is(ref reader, "id"u8))
            {
                piece = piece with { Id = Text(ref reader) };
                continue;
            }

            var index = JsonText.Is(ref reader, "index"u8);
            var function = JsonText.Is(ref reader, "function"u8);
            reader.Read();
            if (function && reader.TokenType == JsonTokenType.StartObject)
            {
                piece = ReadFunction(ref reader, piece);
                continue;
            }

            if (index && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
            {
                piece = piece with { Index = number };
            }

            reader.Skip();
        }

        return piece;
    }

    private static MessagesPiece ReadFunction(ref Utf8JsonReader reader, MessagesPiece piece)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (JsonText.Is(ref reader, "name"u8))
            {
                piece = piece with { Name = Text(ref reader) };
                continue;
            }

            var arguments = JsonText.Is(ref reader, "arguments"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var (text, isObject) = (reader.TokenType == JsonTokenType.String, reader.TokenType == JsonTokenType.StartObject);
            reader.Skip();
            if (arguments)
            {
                var end = (int)reader.BytesConsumed;
                piece = piece with { Arguments = text ? (start + 1)..(end - 1) : isObject ? start..end : default, IsObject = isObject };
            }
        }

        return piece;
    }
}
