using System.Text.Json;

namespace Gateway.Proxy.Responses;

/// <summary>The <c>delta</c> or <c>message</c> of a choice.</summary>
/// <remarks>Whether there is anything in it, and the two names of a model's thinking.</remarks>
internal static class DeltaReader
{
    /// <summary>Reads the value that comes next.</summary>
    /// <param name="reader">Stands on the member's name, and afterwards on the end of its value.</param>
    /// <param name="mirrors">The thinking is offered under both names.</param>
    /// <param name="splices">Where the second name is added.</param>
    public static Delta Read(ref Utf8JsonReader reader, bool mirrors, List<Splice> splices)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return default;
        }

        var calls = false;
        var other = false;
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
                other |= ReadOther(ref reader);
            }
        }

        Mirror(thinking, splices);
        return new Delta(calls, calls || other || thinking.Filled);
    }

    // Text, sound, what else there will be: anything that is not empty, but the role.
    private static bool ReadOther(ref Utf8JsonReader reader)
    {
        var isRole = reader.ValueTextEquals("role"u8);
        reader.Read();
        return reader.TokenType == JsonTokenType.String ? !isRole && !reader.ValueSpan.IsEmpty : JsonSkip.Filled(ref reader);
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
        var filled = JsonSkip.Filled(ref reader);
        return new Thinking(seen.Short || first, seen.Long || !first, seen.Filled || text || filled, value, (int)reader.BytesConsumed);
    }

    // Clients read one of two names for a model's thinking; whichever the engine uses, both are there.
    private static void Mirror(Thinking thinking, List<Splice> splices)
    {
        if (thinking is not { Value: { } value } || thinking.Short == thinking.Long)
        {
            return;
        }

        byte[] copy = [.. thinking.Short ? ",\"reasoning_content\":\""u8 : ",\"reasoning\":\""u8, .. value, (byte)'"'];
        splices.Add(new Splice(thinking.End, 0, copy));
    }

    private readonly record struct Thinking(bool Short, bool Long, bool Filled, byte[]? Value, int End);
}

/// <summary>What was found in a delta.</summary>
/// <param name="CallsTools">A tool is called.</param>
/// <param name="HasContent">There is something that a reader would see.</param>
internal readonly record struct Delta(bool CallsTools, bool HasContent);
