using System.Text.Json;

namespace Gateway.Streams;

/// <summary>The <c>delta</c> or <c>message</c> of a choice: whether there is anything in it, and the two names of a model's thinking.</summary>
internal static class DeltaReader
{
    /// <summary>Reads the value that comes next.</summary>
    /// <param name="reader">Stands on the member's name, and afterwards on the end of its value.</param>
    /// <param name="mirrors">The thinking is offered under both names.</param>
    /// <param name="splices">Where the second name is added.</param>
    public static (bool CallsTools, bool HasContent) Read(ref Utf8JsonReader reader, bool mirrors, List<Splice> splices)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return (false, false);
        }

        var calls = false;
        var text = false;
        var thinking = default(Thinking);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("tool_calls"u8))
            {
                calls |= ReadToolCalls(ref reader);
            }
            else if (reader.ValueTextEquals("reasoning"u8) || reader.ValueTextEquals("reasoning_content"u8))
            {
                thinking = ReadThinking(ref reader, thinking, mirrors);
            }
            else
            {
                var content = reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("refusal"u8);
                reader.Read();
                text |= content && reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
                reader.Skip();
            }
        }

        Mirror(thinking, splices);
        return (calls, calls || text || thinking.Text);
    }

    private static bool ReadToolCalls(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return false;
        }

        var any = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            any = true;
            reader.Skip();
        }

        return any;
    }

    private static Thinking ReadThinking(ref Utf8JsonReader reader, Thinking seen, bool mirrors)
    {
        var first = reader.ValueTextEquals("reasoning"u8);
        reader.Read();
        var text = reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
        var value = text && mirrors ? reader.ValueSpan.ToArray() : seen.Value;
        reader.Skip();
        return new Thinking(seen.Short || first, seen.Long || !first, seen.Text || text, value, (int)reader.BytesConsumed);
    }

    // Clients read one of two names for a model's thinking; whichever the engine uses, both are there.
    private static void Mirror(Thinking thinking, List<Splice> splices)
    {
        if (thinking is { Value: { } value } && thinking.Short != thinking.Long)
        {
            byte[] copy = [.. thinking.Short ? ",\"reasoning_content\":\""u8 : ",\"reasoning\":\""u8, .. value, (byte)'"'];
            splices.Add(new Splice(thinking.End, 0, copy));
        }
    }

    private readonly record struct Thinking(bool Short, bool Long, bool Text, byte[]? Value, int End);
}
