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

/// <summary>A tool call, or a piece of one. Ranges are texts without their quotes; empty where there is none.</summary>
/// <param name="Index">Which call it belongs to, where the engine says so.</param>
/// <param name="Id">The call's id.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">The arguments, or a piece of them.</param>
/// <param name="IsObject">The arguments are an object, not the text of one.</param>
internal readonly record struct MessagesPiece(int? Index, Range Id, Range Name, Range Arguments, bool IsObject);

/// <summary>What one chunk of a stream says, or a whole answer: where its texts lie, in one pass that makes no objects. It is used for every chunk of a stream.</summary>
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
                var text = Text(ref reader);
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
                var text = Text(ref reader);
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
                Content = Text(ref reader);
            }
            else if (JsonText.Is(ref reader, "reasoning_content"u8))
            {
                _longReasoning = Text(ref reader);
            }
            else if (JsonText.Is(ref reader, "reasoning"u8))
            {
                _shortReasoning = Text(ref reader);
            }
            else if (JsonText.Is(ref reader, "refusal"u8))
            {
                Refusal = Text(ref reader);
            }
            else
            {
                ReadCalls(ref reader);
            }
        }
    }

    private void ReadCalls(ref Utf8JsonReader reader)
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
                Pieces.Add(ReadPiece(ref reader));
            }

            reader.Skip();
        }
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

            piece = index && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? piece with { Index = number } : piece;
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

    // The value that comes next, if it is a text with something in it.
    private static Range Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex + 1;
        var text = reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty ? start..(start + reader.ValueSpan.Length) : default;
        reader.Skip();
        return text;
    }
}
