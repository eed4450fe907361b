namespace Gateway.Proxy.Translation;

/// <summary>
/// The result of a tool as a message of the role <c>tool</c>. Such a message takes text alone, so that images follow in the user's turn;
/// nothing
/// in chat says that a tool failed, so that its text does.
/// </summary>
internal sealed class MessagesToolResult(MessagesDraft draft, MessagesParts parts, MessagesMedia media)
{
    private bool _any;
    private bool _image;

    /// <summary>Writes the message.</summary>
    public bool Write(in MessagesBlock block, string at)
    {
        if (!block[MessagesMember.ToolUseId].IsFilled)
        {
            return draft.Refuse($"{at}.tool_use_id", "is missing: a tool's result has to name the call that it belongs to.");
        }

        draft.Write("{\"role\":\"tool\",\"tool_call_id\":\""u8);
        MessagesToolIds.WriteForEngine(draft.Output, draft.Body[block[MessagesMember.ToolUseId].Inside]);
        draft.Write("\",\"content\":\""u8);
        (_any, _image) = (false, false);
        var failed = block[MessagesMember.IsError].IsTrue;
        draft.Write(failed ? "[The tool failed] "u8 : ""u8);
        if (!WriteContent(block, at))
        {
            return false;
        }

        draft.Write(_any || !_image ? "\"}"u8 : "The image follows.\"}"u8);
        return true;
    }

    private bool WriteContent(in MessagesBlock block, string at)
    {
        var content = block[MessagesMember.Content];
        if (content.IsText)
        {
            draft.Copy(content.Inside);
            return true;
        }

        if (content.IsMissing)
        {
            return true;
        }

        if (!content.IsList)
        {
            return draft.Refuse($"{at}.content", "of a tool's result has to be a text or a list of blocks.");
        }

        var cursor = new MessagesCursor(draft.Body, content);
        for (var i = 0; cursor.NextElement(out var value); i++)
        {
            var part = value.IsObject ? MessagesBlock.Read(draft.Body, value) : default;
            if (!WriteBlock(part, block[MessagesMember.ToolUseId].Inside, $"{at}.content.{i}"))
            {
                return false;
            }
        }

        return true;
    }

    private bool WriteBlock(in MessagesBlock block, Range call, string at)
    {
        NoteCacheMark(block);
        var type = block.Type(draft.Body);
        if (type.SequenceEqual("text"u8) && block[MessagesMember.Text].IsText)
        {
            WriteText(block[MessagesMember.Text].Inside);
            return true;
        }

        if (type.SequenceEqual("image"u8))
        {
            _image = true;
            parts.Add(new MessagesPart(MessagesPartKind.ResultLabel, call));
            return media.TakeImage(block, at);
        }

        if (type.SequenceEqual("tool_reference"u8) && block[MessagesMember.ToolName].IsFilled)
        {
            draft.Names.NoteUse(draft.Body[block[MessagesMember.ToolName].Inside]);
            WriteText(block[MessagesMember.ToolName].Inside);
            return true;
        }

        return type.SequenceEqual("search_result"u8) ? WriteSearchResult(block, at) : WriteDocument(block, at);
    }

    private bool WriteDocument(in MessagesBlock block, string at)
    {
        if (!block.Type(draft.Body).SequenceEqual("document"u8))
        {
            return draft.Refuse(
                at,
                "is a block of a type that no engine of this model takes in a tool's result. "
                + "Send `text`, `image`, `document` or `search_result` blocks.");
        }

        var source = media.SourceOf(block);
        if (media.IsText(source, out var text))
        {
            Separate();
            var title = MessagesMedia.Optional(block[MessagesMember.Title]);
            var context = MessagesMedia.Optional(block[MessagesMember.Context]);
            parts.WriteDocument(title, context, text.Inside);
            return true;
        }

        if (source.Type(draft.Body).SequenceEqual("content"u8) && source[MessagesMember.Content].IsList)
        {
            if (block[MessagesMember.Title].IsFilled)
            {
                Separate();
                parts.WriteDocument(block[MessagesMember.Title].Inside, default, default);
            }

            return WriteTexts(source[MessagesMember.Content], $"{at}.source.content");
        }

        return draft.Refuse(
            $"{at}.source",
            "of a document in a tool's result has to be `text` or `content`: messages of tools take text alone. "
            + "Send its text, or the file in a user turn.");
    }

    private bool WriteSearchResult(in MessagesBlock block, string at)
    {
        if (!block[MessagesMember.Content].IsList)
        {
            return draft.Refuse($"{at}.content", "of a search result has to be a list of `text` blocks.");
        }

        WriteTextIf(block[MessagesMember.Title]);
        WriteTextIf(block[MessagesMember.Source]);
        return WriteTexts(block[MessagesMember.Content], $"{at}.content");
    }

    private bool WriteTexts(MessagesValue list, string at)
    {
        var cursor = new MessagesCursor(draft.Body, list);
        for (var i = 0; cursor.NextElement(out var value); i++)
        {
            var block = value.IsObject ? MessagesBlock.Read(draft.Body, value) : default;
            if (!block.Type(draft.Body).SequenceEqual("text"u8) || !block[MessagesMember.Text].IsText)
            {
                return draft.Refuse($"{at}.{i}", "has to be a `text` block.");
            }

            WriteText(block[MessagesMember.Text].Inside);
        }

        return true;
    }

    private void WriteTextIf(MessagesValue text)
    {
        if (text.IsFilled)
        {
            WriteText(text.Inside);
        }
    }

    private void WriteText(Range inside)
    {
        Separate();
        draft.Copy(inside);
    }

    private void Separate()
    {
        draft.Write(_any ? "\\n"u8 : ""u8);
        _any = true;
    }

    private void NoteCacheMark(in MessagesBlock block)
    {
        if (!block[MessagesMember.CacheControl].IsMissing)
        {
            draft.LeaveOut("cache_control");
        }
    }
}
