using System.Text;
using System.Text.Json;
using Gateway.Engines;

namespace Gateway.Proxy.Responses;

/// <summary>Chat and text completions: <c>choices[]</c> with their deltas, messages or texts, edited as the profile requires.</summary>
/// <param name="dialect">The engine's departures.</param>
/// <param name="hidesUsage">The gateway asked for the usage, the caller did not.</param>
/// <param name="newId">The id for an answer that the engine left without one.</param>
internal sealed class ChoicesInspector(ResponseDialect dialect, bool hidesUsage, string newId) : AnswerInspector
{
    // Nearly every answer has one choice; only further ones need a table.
    private bool? _firstFinished;
    private Dictionary<int, bool>? _finished;
    private HashSet<int>? _calledTools;
    private bool _bears;
    private bool _aborted;
    private bool _ended;
    private byte[]? _fingerprint;

    public override bool IsComplete => _firstFinished != false && (_firstFinished is not null || _finished is not null) && _finished?.ContainsValue(false) != true;

    public override bool KnowsEnd => true;

    public override ReadOnlySpan<byte> EndMarker => "data: [DONE]\n\n"u8;

    protected override PieceKind ReadPiece(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var error = false;
        int? choices = null;
        (_bears, _aborted, _ended, _fingerprint) = (false, false, false, null);
        var usage = (Start: -1, End: 0, Counts: false);
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
                var counts = reader.TokenType == JsonTokenType.StartObject;
                UsageReader.Read(ref reader, ref Usage);
                usage = (name, (int)reader.BytesConsumed, counts);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                error |= reader.TokenType != JsonTokenType.Null;
                reader.Skip();
            }
            else
            {
                error |= ReadOther(ref reader);
            }
        }

        if (error || Failure is not null)
        {
            return PieceKind.Error;
        }

        if (_aborted)
        {
            return PieceKind.Aborted;
        }

        // A chunk without choices is there for its usage; where that is null, it is there for something else.
        var countsOnly = usage.Counts && (choices ?? 0) == 0;
        IsPreamble = !_bears && !countsOnly && choices is not null;
        IsLate = IsWithoutFingerprint();
        Trailer = countsOnly ? _fingerprint : null;
        return HideUsage(json, countsOnly, usage);
    }

    private bool IsWithoutFingerprint() => dialect.FingerprintWithUsage && hidesUsage && _ended && IsComplete && _fingerprint is null;

    // Some engines begin the stream of several prompts with an event of nothing, which no client can read.
    protected override PieceKind OtherThanObject(JsonTokenType token) => token == JsonTokenType.Null ? PieceKind.Hidden : PieceKind.Invalid;

    private PieceKind HideUsage(ReadOnlySpan<byte> json, bool countsOnly, (int Start, int End, bool Counts) usage)
    {
        if (!hidesUsage || usage.Start < 0)
        {
            return PieceKind.Sound;
        }

        if (countsOnly)
        {
            return PieceKind.Hidden;
        }

        Splices.Add(Splice.Remove(json, usage.Start, usage.End));
        return PieceKind.Sound;
    }

    /// <returns>True when the piece calls itself an error.</returns>
    private bool ReadOther(ref Utf8JsonReader reader)
    {
        var isId = reader.ValueTextEquals("id"u8);
        var isKind = !isId && reader.ValueTextEquals("object"u8);
        var isFingerprint = dialect.FingerprintWithUsage && hidesUsage && reader.ValueTextEquals("system_fingerprint"u8);
        reader.Read();
        if (isKind && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("error"u8))
        {
            return true;
        }

        if (isId && dialect.FillsEmptyId && reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty)
        {
            Splices.Add(new Splice((int)reader.TokenStartIndex, 2, Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(newId)}\"")));
        }

        if (isFingerprint && reader.TokenType == JsonTokenType.String)
        {
            _fingerprint = [.. "\"system_fingerprint\":\""u8, .. reader.ValueSpan, (byte)'"'];
        }

        // What an engine adds to a chunk (how far it is with the prompt) is passed to the caller without delay.
        _bears |= JsonSkip.Filled(ref reader);
        return false;
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
                index = JsonSkip.Whole(ref reader) ?? 0;
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reader.Read();
                finish = ((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex), reader.TokenType == JsonTokenType.String ? reader.GetString() : null);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8))
            {
                var delta = DeltaReader.Read(ref reader, dialect.Reasoning != ReasoningField.None, Splices);
                calls |= delta.CallsTools;
                HasContent |= delta.HasContent;
            }
            else
            {
                ReadText(ref reader);
            }
        }

        _bears |= HasContent || finish.Reason is { Length: > 0 };
        if (calls)
        {
            (_calledTools ??= []).Add(index);
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

        if (reason == "stop" && dialect.ToolCallsEndWithStop && _calledTools?.Contains(index) == true)
        {
            reason = "tool_calls";
        }

        _aborted |= reason is not null && dialect.AbortReasons.Contains(reason, StringComparer.OrdinalIgnoreCase);
        if (reason != finish.Reason)
        {
            Splices.Add(new Splice(finish.Start, finish.Length, reason is null ? "null"u8.ToArray() : Encoding.UTF8.GetBytes($"\"{reason}\"")));
        }

        _ended |= !string.IsNullOrEmpty(reason);

        // Some engines write an empty reason where they have none yet.
        if (index == 0)
        {
            _firstFinished = !string.IsNullOrEmpty(reason) || _firstFinished == true;
            return;
        }

        _finished ??= [];
        _finished[index] = !string.IsNullOrEmpty(reason) || _finished.GetValueOrDefault(index);
    }

    // The text of a completion; the error that some engines put there is recognised by its beginning.
    private void ReadText(ref Utf8JsonReader reader)
    {
        var isText = reader.ValueTextEquals("text"u8);
        var ofText = reader.ValueTextEquals("logprobs"u8);
        reader.Read();
        if (isText && reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty)
        {
            HasContent = true;
            if (dialect.ErrorText is { } mark && reader.ValueSpan.StartsWith(Encoding.UTF8.GetBytes(mark)))
            {
                Failure = [(byte)'"', .. reader.ValueSpan, (byte)'"'];
            }
        }

        _bears |= JsonSkip.Filled(ref reader) && !ofText;
    }
}
