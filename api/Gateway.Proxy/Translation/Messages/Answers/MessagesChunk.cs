using System.Text.Json;
using System.Text.Unicode;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Translation;

/// <summary>Why an engine ended its answer.</summary>
internal enum MessagesFinish
{
    None,
    Stop,
    Length,
    ContentFilter,
    Other,
}

/// <summary>
/// What one chunk of a stream says, or a whole answer: where its texts lie, in one pass that makes no objects. It is used for every chunk
/// of a stream.
/// </summary>
internal sealed class MessagesChunk
{
    private Range _shortReasoning;
    private Range _longReasoning;
    private TokenUsage _usage;

    public Range Content { get; private set; }

    public Range Refusal { get; private set; }

    /// <summary>Under either of its two names; a gateway may have given it both.</summary>
    public Range Reasoning => _longReasoning.Equals(default) ? _shortReasoning : _longReasoning;

    public List<MessagesPiece> Pieces { get; } = [];

    public Range Model { get; private set; }

    public MessagesFinish Finish { get; private set; }

    /// <summary>The text that ended the answer, where the engine names it.</summary>
    public Range Stop { get; private set; }

    /// <summary>There was a first choice with a message or a delta in it.</summary>
    public bool HasChoice { get; private set; }

    /// <summary>The usage so far.</summary>
    public TokenUsage Usage => _usage;

    /// <summary>Reads; false if it is no JSON object.</summary>
    public bool TryRead(ReadOnlySpan<byte> json)
    {
        (Content, Refusal, Model, Stop, _shortReasoning, _longReasoning) = (default, default, default, default, default, default);
        (Finish, HasChoice) = (MessagesFinish.None, false);
        Pieces.Clear();
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(json, JsonMembers.Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            ReadMembers(ref reader);
            reader.Read();
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private void ReadMembers(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (JsonText.Is(ref reader, "choices"u8))
            {
                reader.Read();
                ReadChoices(ref reader);
            }
            else if (JsonText.Is(ref reader, "usage"u8))
            {
                reader.Read();
                UsageReader.Read(ref reader, ref _usage);
            }
            else
            {
                var model = JsonText.Is(ref reader, "model"u8);
                var text = MessagesPieces.Text(ref reader);
                Model = model ? text : Model;
            }
        }
    }

    private void ReadChoices(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // One answer was asked for: others are not for the caller.
            if (reader.TokenType == JsonTokenType.StartObject && MergePlace.IndexOf(reader) is null or 0)
            {
                ReadChoice(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadChoice(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (JsonText.Is(ref reader, "delta"u8) || JsonText.Is(ref reader, "message"u8))
            {
                reader.Read();
                ReadDelta(ref reader);
            }
            else if (JsonText.Is(ref reader, "finish_reason"u8))
            {
                reader.Read();
                Finish = FinishOf(ref reader, Finish);
                reader.Skip();
            }
            else
            {
                var stop = JsonText.Is(ref reader, "stop_reason"u8) || JsonText.Is(ref reader, "matched_stop"u8);
                var text = MessagesPieces.Text(ref reader);
                Stop = stop && !text.Equals(default) ? text : Stop;
            }
        }
    }

    private static MessagesFinish FinishOf(ref Utf8JsonReader reader, MessagesFinish before)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.IsEmpty)
        {
            return before;
        }

        return JsonText.Is(ref reader, "stop"u8) ? MessagesFinish.Stop
            : JsonText.Is(ref reader, "length"u8) ? MessagesFinish.Length
            : JsonText.Is(ref reader, "content_filter"u8) ? MessagesFinish.ContentFilter
            : MessagesFinish.Other;
    }

    private void ReadDelta(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        HasChoice = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (JsonText.Is(ref reader, "content"u8))
            {
                Content = MessagesPieces.Text(ref reader);
            }
            else if (JsonText.Is(ref reader, "reasoning_content"u8))
            {
                _longReasoning = MessagesPieces.Text(ref reader);
            }
            else if (JsonText.Is(ref reader, "reasoning"u8))
            {
                _shortReasoning = MessagesPieces.Text(ref reader);
            }
            else if (JsonText.Is(ref reader, "refusal"u8))
            {
                Refusal = MessagesPieces.Text(ref reader);
            }
            else
            {
                MessagesPieces.ReadMember(ref reader, Pieces);
            }
        }
    }
}
