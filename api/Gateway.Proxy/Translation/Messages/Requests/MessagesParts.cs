namespace Gateway.Proxy.Translation;

/// <summary>The parts of a user's turn, kept until the turn is read: results of tools go before them.</summary>
internal sealed class MessagesParts(MessagesDraft draft)
{
    private readonly List<MessagesPart> _parts = [];

    public bool IsEmpty => _parts.Count == 0;

    public void Add(MessagesPart part) => _parts.Add(part);

    public void Clear() => _parts.Clear();

    /// <summary>Writes the value of <c>content</c>. One text is a string, which every template takes.</summary>
    public void WriteContent()
    {
        if (_parts is [{ Kind: MessagesPartKind.Text } text])
        {
            draft.Write("\""u8);
            draft.Copy(text.First);
            draft.Write("\""u8);
            return;
        }

        draft.Write(_parts.Count == 0 ? "\"\""u8 : "["u8);
        for (var i = 0; i < _parts.Count; i++)
        {
            draft.Write(i == 0 ? ""u8 : ","u8);
            Write(_parts[i]);
        }

        draft.Write(_parts.Count == 0 ? ""u8 : "]"u8);
    }

    /// <summary>Writes a document as text, without quotes: what it is called, what is known of it, what it says.</summary>
    public void WriteDocument(Range title, Range context, Range text)
    {
        if (!title.Equals(default))
        {
            draft.Write("[Document: "u8);
            draft.Copy(title);
            draft.Write("]\\n"u8);
        }

        if (!context.Equals(default))
        {
            draft.Copy(context);
            draft.Write("\\n"u8);
        }

        draft.Copy(text);
    }

    private void Write(MessagesPart part)
    {
        switch (part.Kind)
        {
            case MessagesPartKind.ImageUrl or MessagesPartKind.ImageData:
                WriteImage(part);
                return;
            case MessagesPartKind.File:
                WriteFile(part);
                return;
            default:
                draft.Write("{\"type\":\"text\",\"text\":\""u8);
                WriteText(part);
                draft.Write("\"}"u8);
                return;
        }
    }

    private void WriteText(MessagesPart part)
    {
        switch (part.Kind)
        {
            case MessagesPartKind.Document:
                WriteDocument(part.First, part.Second, part.Third);
                return;
            case MessagesPartKind.ResultLabel:
                draft.Write("Image from the result of tool call "u8);
                MessagesToolIds.WriteForEngine(draft.Output, draft.Body[part.First]);
                draft.Write(":"u8);
                return;
            default:
                draft.Copy(part.First);
                return;
        }
    }

    private void WriteImage(MessagesPart part)
    {
        draft.Write("{\"type\":\"image_url\",\"image_url\":{\"url\":\""u8);
        if (part.Kind == MessagesPartKind.ImageData)
        {
            WriteDataUrl(part.First, part.Second);
        }
        else
        {
            draft.Copy(part.First);
        }

        draft.Write("\"}}"u8);
    }

    private void WriteFile(MessagesPart part)
    {
        draft.Write("{\"type\":\"file\",\"file\":{\"filename\":\""u8);
        draft.Write(part.First.Equals(default) ? "document.pdf"u8 : draft.Body[part.First]);
        draft.Write("\",\"file_data\":\""u8);
        WriteDataUrl(part.Second, part.Third);
        draft.Write("\"}}"u8);
    }

    private void WriteDataUrl(Range mediaType, Range data)
    {
        draft.Write("data:"u8);
        draft.Copy(mediaType);
        draft.Write(";base64,"u8);
        draft.Copy(data);
    }
}
