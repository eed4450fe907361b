namespace Gateway.Proxy.Translation;

/// <summary>
/// A turn of the user: the results of tools first, each a message behind the calls that it answers, then what the user says.
/// </summary>
internal sealed class MessagesUserTurn
{
    private readonly MessagesDraft _draft;
    private readonly MessagesParts _parts;
    private readonly MessagesMedia _media;
    private readonly MessagesToolResult _results;
    private bool _answers;

    public MessagesUserTurn(MessagesDraft draft)
    {
        _draft = draft;
        _parts = new MessagesParts(draft);
        _media = new MessagesMedia(draft, _parts);
        _results = new MessagesToolResult(draft, _parts, _media);
    }

    /// <summary>Writes the messages that the turn comes to, with commas between them.</summary>
    public bool Write(MessagesValue content, string at)
    {
        _parts.Clear();
        _answers = false;
        if (content.IsText)
        {
            _parts.Add(new MessagesPart(MessagesPartKind.Text, content.Inside));
        }
        else if (!TakeBlocks(content, at))
        {
            return false;
        }

        if (_answers && _parts.IsEmpty)
        {
            return true;
        }

        _draft.Write(_answers ? ",{\"role\":\"user\",\"content\":"u8 : "{\"role\":\"user\",\"content\":"u8);
        _parts.WriteContent();
        _draft.Write("}"u8);
        return true;
    }

    private bool TakeBlocks(MessagesValue content, string at)
    {
        var cursor = new MessagesCursor(_draft.Body, content);
        for (var i = 0; cursor.NextElement(out var value); i++)
        {
            var block = value.IsObject ? MessagesBlock.Read(_draft.Body, value) : default;
            if (!block[MessagesMember.CacheControl].IsMissing)
            {
                _draft.LeaveOut("cache_control");
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
        var type = block.Type(_draft.Body);
        if (type.SequenceEqual("text"u8))
        {
            return TakeText(block[MessagesMember.Text], at);
        }

        if (type.SequenceEqual("tool_result"u8))
        {
            _draft.Write(_answers ? ","u8 : ""u8);
            _answers = true;
            return _results.Write(block, at);
        }

        if (type.SequenceEqual("image"u8))
        {
            return _media.TakeImage(block, at);
        }

        if (type.SequenceEqual("document"u8))
        {
            return _media.TakeDocument(block, at);
        }

        return type.SequenceEqual("search_result"u8) ? TakeSearchResult(block, at) : _draft.Refuse(at, Unknown(type));
    }

    private bool TakeText(MessagesValue text, string at)
    {
        if (!text.IsText)
        {
            return _draft.Refuse($"{at}.text", "has to be a text.");
        }

        if (text.IsFilled)
        {
            _parts.Add(new MessagesPart(MessagesPartKind.Text, text.Inside));
        }

        return true;
    }

    private bool TakeSearchResult(in MessagesBlock block, string at)
    {
        var (title, source) = (MessagesMedia.Optional(block[MessagesMember.Title]), MessagesMedia.Optional(block[MessagesMember.Source]));
        _parts.Add(new MessagesPart(MessagesPartKind.Document, title, source));
        if (!block[MessagesMember.Content].IsList)
        {
            return _draft.Refuse($"{at}.content", "of a search result has to be a list of `text` blocks.");
        }

        var cursor = new MessagesCursor(_draft.Body, block[MessagesMember.Content]);
        for (var i = 0; cursor.NextElement(out var value); i++)
        {
            var text = value.IsObject ? MessagesBlock.Read(_draft.Body, value)[MessagesMember.Text] : default;
            if (!TakeText(text, $"{at}.content.{i}"))
            {
                return false;
            }
        }

        return true;
    }

    private static string Unknown(ReadOnlySpan<byte> type) =>
        type.IsEmpty ? "has to be a block with a `type`."
            : $"is a block of type `{MessagesDraft.Shown(type)}`, which no engine of this model takes in a user turn. "
            + "Send `text`, `image`, `document`, `search_result` or `tool_result` blocks.";
}
