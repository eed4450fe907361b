using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Translation;

/// <summary>An answer in one piece.</summary>
internal sealed class MessagesPlainAnswer(MessagesAnswerFacts facts)
{
    /// <summary>Calls that an id is compared with: no answer has nearly as many.</summary>
    private const int MostCompared = 1024;

    private readonly MessagesChunk _chunk = new();
    private bool _any;

    /// <summary>Writes it; false if the bytes hold no answer that has ended.</summary>
    public bool TryWrite(ReadOnlySpan<byte> completion, IBufferWriter<byte> output)
    {
        if (!_chunk.TryRead(completion) || !_chunk.HasChoice || _chunk.Finish == MessagesFinish.None)
        {
            return false;
        }

        facts.NoteModel(completion[_chunk.Model]);
        output.Write("{\"id\":\"msg_"u8);
        output.Write(facts.Id);
        output.Write("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\""u8);
        output.Write(facts.Model);
        output.Write("\",\"content\":["u8);
        WriteThinking(completion[_chunk.Reasoning], output);
        WriteText(completion[_chunk.Content], output);
        WriteText(completion[_chunk.Refusal], output);
        for (var i = 0; i < _chunk.Pieces.Count; i++)
        {
            WriteCall(i, completion, output);
        }

        output.Write("],"u8);
        var stop = facts.StopOf(completion[_chunk.Stop]);
        var reason = MessagesAnswerFacts.ReasonOf(_chunk.Finish, _chunk.Pieces.Count > 0, !_chunk.Refusal.Equals(default), stop.Length > 0);
        MessagesEvents.WriteStopReason(output, reason, reason.SequenceEqual("stop_sequence"u8) ? stop : []);
        output.Write(",\"usage\":"u8);
        MessagesEvents.WriteUsage(output, _chunk.Usage);
        output.Write("}"u8);
        return true;
    }

    private void WriteThinking(ReadOnlySpan<byte> inside, IBufferWriter<byte> output)
    {
        if (inside.IsEmpty)
        {
            return;
        }

        Separate(output);
        output.Write("{\"type\":\"thinking\",\"thinking\":\""u8);
        output.Write(facts.HidesThinking ? default : inside);
        output.Write("\",\"signature\":\""u8);
        output.Write(MessagesEvents.Signature);
        output.Write("\"}"u8);
    }

    private void WriteText(ReadOnlySpan<byte> inside, IBufferWriter<byte> output)
    {
        if (inside.IsEmpty)
        {
            return;
        }

        Separate(output);
        output.Write("{\"type\":\"text\",\"text\":\""u8);
        output.Write(inside);
        output.Write("\"}"u8);
    }

    private void WriteCall(int place, ReadOnlySpan<byte> completion, IBufferWriter<byte> output)
    {
        var call = _chunk.Pieces[place];
        Separate(output);
        output.Write("{\"type\":\"tool_use\",\"id\":\""u8);
        facts.WriteCallId(output, HasEarlier(place, completion) ? default : completion[call.Id]);
        output.Write("\",\"name\":\""u8);
        facts.Names.WriteForCaller(output, completion[call.Name]);
        output.Write("\",\"input\":"u8);
        WriteInput(completion[call.Arguments], call.IsObject, output);
        output.Write("}"u8);
    }

    // Arguments that are no object would run the tool with something else, or with nothing: they go as they are, under a name that no
    // tool has.
    private static void WriteInput(ReadOnlySpan<byte> inside, bool isObject, IBufferWriter<byte> output)
    {
        if (isObject)
        {
            output.Write(inside);
            return;
        }

        var text = MessagesText.Unescaped(inside);
        if (inside.IsEmpty || text.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) < 0 && text is not null)
        {
            output.Write("{}"u8);
        }
        else if (text is not null && IsObject(text))
        {
            output.Write(text);
        }
        else
        {
            output.Write("{\"_raw\":\""u8);
            output.Write(inside);
            output.Write("\"}"u8);
        }
    }

    private static bool IsObject(byte[] text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, JsonMembers.Options);
            reader.Read();
            var starts = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            return starts && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool HasEarlier(int place, ReadOnlySpan<byte> completion)
    {
        for (var i = Math.Max(0, place - MostCompared); i < place; i++)
        {
            if (completion[_chunk.Pieces[i].Id].SequenceEqual(completion[_chunk.Pieces[place].Id]))
            {
                return true;
            }
        }

        return false;
    }

    private void Separate(IBufferWriter<byte> output)
    {
        output.Write(_any ? ","u8 : ""u8);
        _any = true;
    }
}
