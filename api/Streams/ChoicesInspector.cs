using System.Text;
using System.Text.Json;
using Gateway.Engines;

namespace Gateway.Streams;

/// <summary>Chat and text completions: <c>choices[]</c> with their deltas, messages or texts, and the mendings of the profile.</summary>
/// <param name="dialect">The engine's departures.</param>
/// <param name="hidesUsage">The gateway asked for the usage, the caller did not.</param>
/// <param name="newId">The id for an answer that the engine left without one.</param>
internal sealed class ChoicesInspector(ResponseDialect dialect, bool hidesUsage, string newId) : AnswerInspector
{
    private readonly Dictionary<int, bool> _finished = [];
    private readonly HashSet<int> _calledTools = [];

    public override bool IsComplete => _finished.Count > 0 && !_finished.ContainsValue(false);

    public override bool KnowsEnd => true;

    protected override PieceKind ReadPiece(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var error = false;
        var choices = 0;
        var usage = (Start: -1, End: 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = (int)reader.TokenStartIndex;
            if (reader.ValueTextEquals("choices"u8))
            {
                choices = ReadChoices(ref reader);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                UsageReader.Read(ref reader, ref Usage);
                usage = (name, (int)reader.BytesConsumed);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                error |= reader.TokenType != JsonTokenType.Null;
                reader.Skip();
            }
            else
            {
                ReadOther(ref reader);
            }
        }

        if (error || Failure is not null)
        {
            return PieceKind.Error;
        }

        return HideUsage(json, choices, usage);
    }

    private PieceKind HideUsage(ReadOnlySpan<byte> json, int choices, (int Start, int End) usage)
    {
        if (!hidesUsage || usage.Start < 0)
        {
            return PieceKind.Sound;
        }

        if (choices == 0)
        {
            return PieceKind.Hidden;
        }

        Splices.Add(Splice.Remove(json, usage.Start, usage.End));
        return PieceKind.Sound;
    }

    private void ReadOther(ref Utf8JsonReader reader)
    {
        var isId = reader.ValueTextEquals("id"u8);
        reader.Read();
        if (isId && dialect.FillsEmptyId && reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty)
        {
            Splices.Add(new Splice((int)reader.TokenStartIndex, 2, Encoding.UTF8.GetBytes($"\"{newId}\"")));
        }

        reader.Skip();
    }

    private int ReadChoices(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return 0;
        }

        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadChoice(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return count;
    }

    private void ReadChoice(ref Utf8JsonReader reader)
    {
        var index = 0;
        var finish = (Start: -1, Length: 0, Reason: (string?)null);
        var calls = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                index = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reader.Read();
                finish = ((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex), reader.GetString());
            }
            else if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                calls |= ReadDelta(ref reader);
            }
            else
            {
                ReadText(ref reader);
            }
        }

        if (calls)
        {
            _calledTools.Add(index);
        }

        Finish(index, finish);
    }

    private void Finish(int index, (int Start, int Length, string? Reason) finish)
    {
        var reason = finish.Reason;
        if (reason is not null && dialect.FinishReasons.TryGetValue(reason, out var mapped))
        {
            reason = mapped;
        }

        if (reason == "stop" && dialect.ToolCallsEndWithStop && _calledTools.Contains(index))
        {
            reason = "tool_calls";
        }

        if (reason != finish.Reason)
        {
            Splices.Add(new Splice(finish.Start, finish.Length, reason is null ? "null"u8.ToArray() : Encoding.UTF8.GetBytes($"\"{reason}\"")));
        }

        _finished[index] = reason is not null || _finished.GetValueOrDefault(index);
    }

    // The text of a completion; the error some engines put there is told by how it begins.
    private void ReadText(ref Utf8JsonReader reader)
    {
        var isText = reader.ValueTextEquals("text"u8);
        reader.Read();
        if (isText && reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty)
        {
            HasContent = true;
            if (dialect.ErrorText is { } mark && reader.ValueSpan.StartsWith(Encoding.UTF8.GetBytes(mark)))
            {
                Failure = [(byte)'"', .. reader.ValueSpan, (byte)'"'];
            }
        }

        reader.Skip();
    }

    private bool ReadDelta(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        var calls = false;
        var thinking = default(Thinking);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("tool_calls"u8))
            {
                calls |= ReadToolCalls(ref reader);
            }
            else if (reader.ValueTextEquals("reasoning"u8) || reader.ValueTextEquals("reasoning_content"u8))
            {
                thinking = ReadThinking(ref reader, thinking);
            }
            else
            {
                var content = reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("refusal"u8);
                reader.Read();
                HasContent |= content && reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
                reader.Skip();
            }
        }

        Mirror(thinking);
        HasContent |= calls;
        return calls;
    }

    private static bool ReadToolCalls(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = reader.TokenStartIndex;
        var array = reader.TokenType == JsonTokenType.StartArray;
        reader.Skip();
        return array && reader.BytesConsumed - start > 2;
    }

    private Thinking ReadThinking(ref Utf8JsonReader reader, Thinking seen)
    {
        var first = reader.ValueTextEquals("reasoning"u8);
        reader.Read();
        var text = reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
        HasContent |= text;
        var value = text && dialect.Reasoning != ReasoningField.None ? reader.ValueSpan.ToArray() : null;
        reader.Skip();
        return new Thinking(seen.Short || first, seen.Long || !first, value ?? seen.Value, (int)reader.BytesConsumed);
    }

    // Clients read one of two names for a model's thinking; whichever the engine uses, both are there.
    private void Mirror(Thinking thinking)
    {
        if (thinking is { Value: { } value } && thinking.Short != thinking.Long)
        {
            byte[] copy = [.. thinking.Short ? ",\"reasoning_content\":\""u8 : ",\"reasoning\":\""u8, .. value, (byte)'"'];
            Splices.Add(new Splice(thinking.End, 0, copy));
        }
    }

    private readonly record struct Thinking(bool Short, bool Long, byte[]? Value, int End);
}
