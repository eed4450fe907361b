using System.Buffers.Text;

namespace Gateway.Proxy.Translation;

/// <summary><c>thinking</c> and <c>output_config</c>: how much the model is to think, and the shape of its answer.</summary>
internal sealed class MessagesThinking(MessagesDraft draft)
{
    // A budget of tokens has no member in chat: it says about as much as one of three words does.
    private const long LowBudget = 4096;
    private const long MediumBudget = 16384;

    private MessagesValue _effort;
    private MessagesValue _format;
    private MessagesValue _budget;
    private bool _disabled;

    /// <summary>The caller wants no words of the thinking, only to know that there was some.</summary>
    public bool Hides { get; private set; }

    /// <summary>Writes the members <c>reasoning_effort</c> and <c>response_format</c>, a comma before each.</summary>
    public bool Write(MessagesValue thinking, MessagesValue config, MessagesValue format)
    {
        if (!(thinking.IsMissing || ReadThinking(thinking)) || !(config.IsMissing || ReadConfig(config)))
        {
            return false;
        }

        return WriteEffort() && (_format.IsMissing ? WriteFormat(format, "output_format") : WriteFormat(_format, "output_config.format"));
    }

    private bool ReadThinking(MessagesValue thinking)
    {
        if (!thinking.IsObject)
        {
            return draft.Refuse("thinking", "has to be an object with a `type`.");
        }

        MessagesValue type = default;
        var cursor = new MessagesCursor(draft.Body, thinking);
        while (cursor.NextMember())
        {
            var (isType, isBudget, isDisplay) = (cursor.Is("type"u8), cursor.Is("budget_tokens"u8), cursor.Is("display"u8));
            var value = cursor.MemberValue();
            type = isType ? value : type;
            _budget = isBudget ? value : _budget;
            Hides = isDisplay ? value.IsText && draft.Body[value.Inside].SequenceEqual("omitted"u8) : Hides;
        }

        var word = type.IsText ? draft.Body[type.Inside] : default;
        _disabled = word.SequenceEqual("disabled"u8);
        return _disabled || word.SequenceEqual("adaptive"u8) || word.SequenceEqual("enabled"u8) || word.SequenceEqual("between_tools"u8)
            || draft.Refuse("thinking.type", "has to be `adaptive`, `enabled`, `between_tools` or `disabled`.");
    }

    private bool ReadConfig(MessagesValue config)
    {
        if (!config.IsObject)
        {
            return draft.Refuse("output_config", "has to be an object.");
        }

        var cursor = new MessagesCursor(draft.Body, config);
        while (cursor.NextMember())
        {
            var (isEffort, isFormat) = (cursor.Is("effort"u8), cursor.Is("format"u8));
            var value = cursor.MemberValue();
            _effort = isEffort ? value : _effort;
            _format = isFormat ? value : _format;
            if (!isEffort && !isFormat && !value.IsMissing)
            {
                draft.LeaveOut("output_config");
            }
        }

        return true;
    }

    private bool WriteEffort()
    {
        var word = _effort.IsText ? draft.Body[_effort.Inside] : default;
        if (!_effort.IsMissing && Known(word).IsEmpty)
        {
            return draft.Refuse("output_config.effort", "has to be `low`, `medium`, `high`, `xhigh` or `max`.");
        }

        var effort = _disabled ? "none"u8 : !word.IsEmpty ? Known(word) : OfBudget();
        if (!effort.IsEmpty)
        {
            draft.Write(",\"reasoning_effort\":\""u8);
            draft.Write(effort);
            draft.Write("\""u8);
        }

        return true;
    }

    // The two highest words are not known to most engines: their nearest is.
    private static ReadOnlySpan<byte> Known(ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("xhigh"u8) || word.SequenceEqual("max"u8))
        {
            return "high"u8;
        }

        return word.SequenceEqual("low"u8) || word.SequenceEqual("medium"u8) || word.SequenceEqual("high"u8) ? word : default;
    }

    private ReadOnlySpan<byte> OfBudget()
    {
        if (!_budget.IsNumber || !Utf8Parser.TryParse(draft.Body[_budget.At], out long tokens, out _))
        {
            return default;
        }

        return tokens <= LowBudget ? "low"u8 : tokens <= MediumBudget ? "medium"u8 : "high"u8;
    }

    private bool WriteFormat(MessagesValue format, string at)
    {
        if (format.IsMissing)
        {
            return true;
        }

        var block = format.IsObject ? MessagesBlock.Read(draft.Body, format) : default;
        if (!block.Type(draft.Body).SequenceEqual("json_schema"u8))
        {
            return draft.Refuse($"{at}.type", "has to be `json_schema`.");
        }

        if (!block[MessagesMember.Schema].IsObject)
        {
            return draft.Refuse($"{at}.schema", "is missing: it has to be an object, the JSON schema of the answer.");
        }

        draft.Write(",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\",\"schema\":"u8);
        draft.Copy(block[MessagesMember.Schema].At);
        draft.Write(",\"strict\":true}}"u8);
        return true;
    }
}
