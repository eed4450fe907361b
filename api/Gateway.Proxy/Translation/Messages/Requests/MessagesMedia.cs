namespace Gateway.Proxy.Translation;

/// <summary>Images and documents of a user's turn or of a tool's result.</summary>
internal sealed class MessagesMedia(MessagesDraft draft, MessagesParts parts)
{
    /// <summary>Takes an image.</summary>
    public bool TakeImage(in MessagesBlock block, string at)
    {
        var source = SourceOf(block);
        var type = source.Type(draft.Body);
        var (mediaType, data) = (source[MessagesMember.MediaType], source[MessagesMember.Data]);
        if (type.SequenceEqual("base64"u8) && mediaType.IsFilled && data.IsFilled)
        {
            parts.Add(new MessagesPart(MessagesPartKind.ImageData, mediaType.Inside, data.Inside));
            return true;
        }

        if (type.SequenceEqual("url"u8) && source[MessagesMember.Url].IsFilled)
        {
            parts.Add(new MessagesPart(MessagesPartKind.ImageUrl, source[MessagesMember.Url].Inside));
            return true;
        }

        return draft.Refuse(
            $"{at}.source",
            "of an image has to be `base64` with `media_type` and `data`, or `url` with `url`: this gateway keeps no files.");
    }

    /// <summary>Takes a document of the user.</summary>
    public bool TakeDocument(in MessagesBlock block, string at)
    {
        var source = SourceOf(block);
        var type = source.Type(draft.Body);
        var title = Optional(block[MessagesMember.Title]);
        if (IsText(source, out var text))
        {
            parts.Add(new MessagesPart(MessagesPartKind.Document, title, Optional(block[MessagesMember.Context]), text.Inside));
            return true;
        }

        if (type.SequenceEqual("content"u8) && source[MessagesMember.Content].IsList)
        {
            return TakeBlocks(block, source[MessagesMember.Content], at);
        }

        var (mediaType, data) = (source[MessagesMember.MediaType], source[MessagesMember.Data]);
        if (type.SequenceEqual("base64"u8) && mediaType.IsFilled && data.IsFilled)
        {
            parts.Add(new MessagesPart(MessagesPartKind.File, title, mediaType.Inside, data.Inside));
            return true;
        }

        return draft.Refuse(
            $"{at}.source",
            "of a document has to be `text`, `content`, or `base64` with `media_type` and `data`: files are not "
            + "fetched or kept here. Send its text.");
    }

    /// <summary>The source of an image or a document; one with nothing in it where there is none.</summary>
    public MessagesBlock SourceOf(in MessagesBlock block) =>
        block[MessagesMember.Source] is { IsObject: true } source ? MessagesBlock.Read(draft.Body, source) : default;

    /// <summary>The source is a text.</summary>
    public bool IsText(in MessagesBlock source, out MessagesValue text)
    {
        var type = source.Type(draft.Body);
        text = type.SequenceEqual("text"u8) ? source[MessagesMember.Data]
            : type.SequenceEqual("content"u8) ? source[MessagesMember.Content]
            : default;
        return text.IsText;
    }

    /// <summary>The text without its quotes, or an empty range.</summary>
    public static Range Optional(MessagesValue value) => value.IsFilled ? value.Inside : default;

    private bool TakeBlocks(in MessagesBlock document, MessagesValue content, string at)
    {
        var (title, context) = (document[MessagesMember.Title], document[MessagesMember.Context]);
        if (title.IsFilled || context.IsFilled)
        {
            parts.Add(new MessagesPart(MessagesPartKind.Document, Optional(title), Optional(context)));
        }

        var cursor = new MessagesCursor(draft.Body, content);
        for (var i = 0; cursor.NextElement(out var value); i++)
        {
            var block = value.IsObject ? MessagesBlock.Read(draft.Body, value) : default;
            var type = block.Type(draft.Body);
            if (type.SequenceEqual("text"u8) && block[MessagesMember.Text].IsText)
            {
                parts.Add(new MessagesPart(MessagesPartKind.Text, block[MessagesMember.Text].Inside));
            }
            else if (!type.SequenceEqual("image"u8))
            {
                return draft.Refuse($"{at}.source.content.{i}", "of a document has to be a `text` or an `image` block.");
            }
            else if (!TakeImage(block, $"{at}.source.content.{i}"))
            {
                return false;
            }
        }

        return true;
    }
}
