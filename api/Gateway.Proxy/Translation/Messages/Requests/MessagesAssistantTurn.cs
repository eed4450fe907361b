namespace Gateway.Proxy.Translation;

/// <summary>A turn of the assistant: one message with its thinking, its text and its calls.</summary>
internal sealed class MessagesAssistantTurn(MessagesDraft draft)
{
    private readonly List<Range> _thinking = [];
    private readonly List<Range> _texts = [];
    private readonly List<(Range Id, Range Name, MessagesValue Input)> _calls = [];

    /// <summary>Writes the message.</summary>
    public bool Write(MessagesValue content, string at)
    {
        _thinking.Clear();
        _texts.Clear();
        _calls.Clear();
        if (content.IsText)
        {
            _texts.Add(content.Inside);
        }
        else if (!TakeBlocks(content, at))
        {
            return false;
        }

        draft.Write("{\"role\":\"assistant\",\"content\":"u8);
        if (_texts.Count == 0 && _calls.Count > 0)
        {
            draft.Write("null"u8);
        }
        else
        {
            WriteJoined(_texts, ""u8);
        }

        if (_thinking.Count > 0)
        {
            draft.Write(",\"reasoning_content\":"u8);
            WriteJoined(_thinking, "\\n"u8);
        }

        WriteCalls();
        draft.Write("}"u8);
        return true;
    }

    private bool TakeBlocks(MessagesValue content, string at)
    {
        var cursor = new MessagesCursor(draft.Body, content);
        for (var i = 0; cursor.NextElement(out var value); i++)
        {
            var block = value.IsObject ? MessagesBlock.Read(draft.Body, value) : default;
            if (!block[MessagesMember.CacheControl].IsMissing)
            {
                draft.LeaveOut("cache_control");
            }

            if (!Take(block, $"{at}.{i}"))
            {
                return false;
            }
        }

        return true;
    }

    private bool Take(in MessagesBlock block, string at)
    {
        var type = block.Type(draft.Body);
        if (type.SequenceEqual("text"u8))
        {
            return TakeText(_texts, block[MessagesMember.Text], $"{at}.text");
        }

        if (type.SequenceEqual("thinking"u8))
        {
            return TakeText(_thinking, block[MessagesMember.Thinking], $"{at}.thinking");
        }

        if (type.SequenceEqual("tool_use"u8))
        {
            return TakeCall(block, at);
        }

        // What another server's tools did, and thinking that only another server can read. The text that follows holds what came of it.
        if (type.SequenceEqual("redacted_thinking"u8) || type.SequenceEqual("server_tool_use"u8)
            || type.SequenceEqual("mcp_tool_use"u8) || type.EndsWith("_tool_result"u8))
        {
            draft.LeaveOut(MessagesDraft.Shown(type));
            return true;
        }

        return draft.Refuse(at, type.IsEmpty ? "has to be a block with a `type`."
            : $"is a block of type `{MessagesDraft.Shown(type)}`, which no engine of this model takes in an assistant turn. "
            + "Send `text`, `thinking` or `tool_use` blocks.");
    }

    private bool TakeText(List<Range> texts, MessagesValue text, string at)
    {
        if (!text.IsText)
        {
            return draft.Refuse(at, "has to be a text.");
        }

        if (text.IsFilled)
        {
            texts.Add(text.Inside);
        }

        return true;
    }

    private bool TakeCall(in MessagesBlock block, string at)
    {
        var (id, name, input) = (block[MessagesMember.Id], block[MessagesMember.Name], block[MessagesMember.Input]);
        if (!id.IsFilled || !name.IsFilled)
        {
            return draft.Refuse(id.IsFilled ? $"{at}.name" : $"{at}.id", "is missing: a tool call has an `id`, a `name` and an `input`.");
        }

        if (!input.IsMissing && !input.IsObject)
        {
            return draft.Refuse($"{at}.input", "has to be an object: the arguments of the call.");
        }

        draft.Names.NoteUse(draft.Body[name.Inside]);
        _calls.Add((id.Inside, name.Inside, input));
        return true;
    }

    private void WriteJoined(List<Range> texts, ReadOnlySpan<byte> separator)
    {
        draft.Write("\""u8);
        for (var i = 0; i < texts.Count; i++)
        {
            draft.Write(i == 0 ? ""u8 : separator);
            draft.Copy(texts[i]);
        }

        draft.Write("\""u8);
    }

    private void WriteCalls()
    {
        for (var i = 0; i < _calls.Count; i++)
        {
            var (id, name, input) = _calls[i];
            draft.Write(i == 0 ? ",\"tool_calls\":[{\"id\":\""u8 : ",{\"id\":\""u8);
            MessagesToolIds.WriteForEngine(draft.Output, draft.Body[id]);
            draft.Write("\",\"type\":\"function\",\"function\":{\"name\":\""u8);
            draft.Names.WriteForEngine(draft.Output, draft.Body[name]);
            draft.Write("\",\"arguments\":\""u8);
            MessagesText.WriteEscaped(draft.Output, input.IsMissing ? "{}"u8 : draft.Body[input.At]);
            draft.Write("\"}}"u8);
        }

        draft.Write(_calls.Count == 0 ? ""u8 : "]"u8);
    }
}
