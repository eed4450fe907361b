namespace Gateway.Proxy.Translation;

/// <summary>One part of a message's content or of a tool's output.</summary>
internal ref struct ResponsesPart
{
    private ResponsesValue _image;
    private ResponsesValue _detail;
    private ResponsesValue _audio;
    private ResponsesValue _data;
    private ResponsesValue _name;

    public ResponsesValue Type { get; private set; }

    /// <summary>The words of a text or of a refusal.</summary>
    public ResponsesValue Text { get; private set; }

    public readonly bool IsText => Text.IsText && (Type.Is("input_text"u8) || Type.Is("output_text"u8) || Type.Is("text"u8));

    public readonly bool IsRefusal => Text.IsText && Type.Is("refusal"u8);

    private readonly bool IsImage => _image.IsText && Type.Is("input_image"u8);

    private readonly bool IsFile => _data.IsText && Type.Is("input_file"u8);

    private readonly bool IsAudio => _audio.IsObject && Type.Is("input_audio"u8);

    public static ResponsesPart Read(ResponsesValue value)
    {
        var part = default(ResponsesPart);
        var fields = value.Fields;
        while (fields.Next())
        {
            part.Take(ref fields);
        }

        return part;
    }

    /// <summary>A text file goes as its text: hardly any engine takes files.</summary>
    public readonly bool TryReadFile(out ReadOnlySpan<byte> escaped)
    {
        escaped = Type.Is("input_file"u8) ? ResponsesFile.Text(_data, _name) : [];
        return !escaped.IsEmpty;
    }

    /// <summary>What keeps the part from being sent, as the rest of a sentence; null when it can be.</summary>
    public readonly string? Check() => IsText || IsImage || IsFile || IsAudio ? null : Fault();

    /// <summary>Writes the part as chat completions have it.</summary>
    public readonly void Write(ResponsesWriter writer)
    {
        if (IsText)
        {
            WriteText(writer, Text.Inner);
        }
        else if (TryReadFile(out var text))
        {
            WriteText(writer, text);
        }
        else if (IsImage)
        {
            writer.Raw("{\"type\":\"image_url\",\"image_url\":{\"url\":"u8).Raw(_image.Raw);
            WriteDetail(writer);
            writer.Raw("}}"u8);
        }
        else if (IsFile)
        {
            writer.Raw("{\"type\":\"file\",\"file\":{"u8).Raw(_name.IsText ? "\"filename\":"u8 : []).Raw(_name.IsText ? _name.Raw : [])
                .Raw(_name.IsText ? ","u8 : []);
            writer.Raw("\"file_data\":"u8).Raw(_data.Raw).Raw("}}"u8);
        }
        else if (IsAudio)
        {
            writer.Raw("{\"type\":\"input_audio\",\"input_audio\":"u8).Raw(_audio.Raw).Raw("}"u8);
        }
    }

    public static void WriteText(ResponsesWriter writer, ReadOnlySpan<byte> escaped) =>
        writer.Raw("{\"type\":\"text\",\"text\":"u8).Quoted(escaped).Raw("}"u8);

    private readonly void WriteDetail(ResponsesWriter writer)
    {
        // The newest grade is known to this API alone.
        var detail = _detail.Is("original"u8) ? "\"high\""u8 : _detail.Raw;
        writer.Raw(_detail.IsMissing ? [] : ",\"detail\":"u8).Raw(_detail.IsMissing ? [] : detail);
    }

    private readonly string Fault()
    {
        if (Type.Is("input_image"u8))
        {
            return "is an image without `image_url`. Files are not kept here, so send the image itself as a data URL, or its address.";
        }

        return Type.Is("input_file"u8)
            ? "is a file without `file_data`. "
              + "Files are not kept here and addresses are not fetched, so send the file itself as a data URL in `file_data`."
            : "is of a type that does not belong here, or has nothing in it. "
              + "Send `input_text`, `input_image`, `input_file` or `input_audio`; in an answer of the model `output_text` or `refusal`.";
    }

    private void Take(ref ResponsesFields fields)
    {
        if (fields.Is("type"u8))
        {
            Type = fields.Value;
        }
        else if (fields.Is("text"u8) || fields.Is("refusal"u8))
        {
            Text = fields.Value;
        }
        else if (fields.Is("image_url"u8))
        {
            _image = fields.Value;
        }
        else if (fields.Is("detail"u8))
        {
            _detail = fields.Value;
        }
        else if (fields.Is("file_data"u8))
        {
            _data = fields.Value;
        }
        else if (fields.Is("filename"u8))
        {
            _name = fields.Value;
        }
        else if (fields.Is("input_audio"u8))
        {
            _audio = fields.Value;
        }
    }
}
