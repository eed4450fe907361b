using System.Text.Json;
using System.Text.Unicode;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Translation;

/// <summary>
/// One chunk of an engine's stream, or its whole answer, by the parts that matter here, found in one pass. Texts are as they are
/// escaped. Only the first choice counts: this API has no others.
/// </summary>
internal ref struct ResponsesChunk
{
    public ReadOnlySpan<byte> Model { get; private set; }

    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>The text in parts, as some engines have it.</summary>
    public ReadOnlySpan<byte> Parts { get; private set; }

    public ReadOnlySpan<byte> Reasoning { get; private set; }

    public ReadOnlySpan<byte> Refusal { get; private set; }

    /// <summary>The list of tool calls.</summary>
    public ReadOnlySpan<byte> Calls { get; private set; }

    /// <summary>The list of what the tokens' probabilities are.</summary>
    public ReadOnlySpan<byte> Logprobs { get; private set; }

    public ReadOnlySpan<byte> Finish { get; private set; }

    public ReadOnlySpan<byte> Usage { get; private set; }

    /// <summary>It has the first choice in it.</summary>
    public bool HasChoice { get; private set; }

    private bool _choices;

    /// <summary>Reads one.</summary>
    /// <returns>False if the bytes are none.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out ResponsesChunk chunk)
    {
        chunk = default;
        if (json.IsEmpty || !Utf8.IsValid(json))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(json, JsonMembers.Options);
            reader.Read();
            var read = default(ResponsesChunk);
            var whole = reader.TokenType == JsonTokenType.StartObject && read.Read(ref reader, json);
            chunk = read;
            return whole;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool Read(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("choices"u8) && reader.TokenType == JsonTokenType.StartArray)
            {
                _choices = true;
                ReadChoices(ref reader, json);
            }
            else if (name.SequenceEqual("model"u8))
            {
                Model = TextOf(ref reader);
            }
            else if (name.SequenceEqual("usage"u8))
            {
                Usage = Whole(ref reader, json);
            }
            else
            {
                reader.Skip();
            }
        }

        // Anything behind the object is a fault, which one more read reports.
        reader.Read();
        return _choices;
    }

    private void ReadChoices(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var before = this;
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
            }
            else if (!ReadChoice(ref reader, json) || before.HasChoice)
            {
                this = before;
            }
        }
    }

    private bool ReadChoice(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var first = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if ((name.SequenceEqual("delta"u8) || name.SequenceEqual("message"u8)) && reader.TokenType == JsonTokenType.StartObject)
            {
                HasChoice = true;
                ReadMessage(ref reader, json);
            }
            else if (name.SequenceEqual("finish_reason"u8))
            {
                HasChoice = true;
                Finish = TextOf(ref reader);
            }
            else if (name.SequenceEqual("index"u8))
            {
                first = reader.TokenType != JsonTokenType.Number || (reader.TryGetInt32(out var index) && index == 0);
                reader.Skip();
            }
            else if (name.SequenceEqual("logprobs"u8))
            {
                Logprobs = ResponsesFields.Find(new(Whole(ref reader, json)), "content"u8).Raw;
            }
            else
            {
                reader.Skip();
            }
        }

        return first;
    }

    private void ReadMessage(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("content"u8))
            {
                Parts = reader.TokenType == JsonTokenType.StartArray ? Whole(ref reader, json) : [];
                Text = TextOf(ref reader);
            }
            else if (name.SequenceEqual("reasoning_content"u8) || name.SequenceEqual("reasoning"u8))
            {
                // Where both names are there, they say the same.
                var words = TextOf(ref reader);
                Reasoning = Reasoning.IsEmpty ? words : Reasoning;
            }
            else if (name.SequenceEqual("tool_calls"u8))
            {
                Calls = Whole(ref reader, json);
            }
            else if (name.SequenceEqual("refusal"u8))
            {
                Refusal = TextOf(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static ReadOnlySpan<byte> TextOf(scoped ref Utf8JsonReader reader)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.ValueSpan : default;
        reader.Skip();
        return text;
    }

    private static ReadOnlySpan<byte> Whole(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }
}
