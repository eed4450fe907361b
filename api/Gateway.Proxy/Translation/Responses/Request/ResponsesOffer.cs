namespace Gateway.Proxy.Translation;

/// <summary>One tool as a request describes it.</summary>
internal ref struct ResponsesOffer
{
    public ResponsesValue Type { get; private set; }

    public ResponsesValue Name { get; private set; }

    public ResponsesValue Description { get; private set; }

    public ResponsesValue Deferred { get; private set; }

    public ResponsesValue Tools { get; private set; }

    private ResponsesValue _parameters;
    private ResponsesValue _strict;
    private ResponsesValue _format;

    public static ResponsesOffer Read(ResponsesValue tool)
    {
        var offer = default(ResponsesOffer);
        var fields = tool.Fields;
        while (fields.Next())
        {
            offer.Take(ref fields);
        }

        return offer;
    }

    /// <summary>Writes what follows the name of the function.</summary>
    /// <param name="writer">Takes it.</param>
    /// <param name="about">What there is to say of the tool's namespace, which is said once, with its first tool.</param>
    /// <param name="custom">It takes free text.</param>
    public readonly void Write(ResponsesWriter writer, ReadOnlySpan<byte> about, bool custom)
    {
        var definition = custom ? ResponsesFields.Find(_format, "definition"u8).Inner : [];
        var description = Description.Inner;
        if (about.Length + description.Length + definition.Length > 0)
        {
            writer.Raw(",\"description\":\""u8).Raw(about).Raw(about.IsEmpty || description.IsEmpty ? [] : "\\n\\n"u8).Raw(description);
            if (!definition.IsEmpty)
            {
                writer.Raw("\\n\\nThe input has to match this grammar ("u8).Raw(ResponsesFields.Find(_format, "syntax"u8).Inner)
                    .Raw("):\\n"u8).Raw(definition);
            }

            writer.Raw("\""u8);
        }

        if (custom)
        {
            writer.Raw(",\"parameters\":{\"type\":\"object\",\"properties\":{\"input\":{\"type\":\"string\","u8)
                .Raw("\"description\":\"The whole input of the tool, as plain text.\"}},"u8)
                .Raw("\"required\":[\"input\"],\"additionalProperties\":false}"u8);
            return;
        }

        writer.Raw(_parameters.IsMissing ? [] : ",\"parameters\":"u8).Raw(_parameters.IsMissing ? [] : _parameters.Raw);
        writer.Raw(_strict.IsMissing ? [] : ",\"strict\":"u8).Raw(_strict.IsMissing ? [] : _strict.Raw);
    }

    private void Take(ref ResponsesFields fields)
    {
        if (fields.Is("type"u8))
        {
            Type = fields.Value;
        }
        else if (fields.Is("name"u8))
        {
            Name = fields.Value;
        }
        else if (fields.Is("description"u8))
        {
            Description = fields.Value;
        }
        else if (fields.Is("parameters"u8))
        {
            _parameters = fields.Value;
        }
        else if (fields.Is("strict"u8))
        {
            _strict = fields.Value;
        }
        else
        {
            TakeRare(ref fields);
        }
    }

    private void TakeRare(ref ResponsesFields fields)
    {
        if (fields.Is("format"u8))
        {
            _format = fields.Value;
        }
        else if (fields.Is("tools"u8))
        {
            Tools = fields.Value;
        }
        else if (fields.Is("defer_loading"u8))
        {
            Deferred = fields.Value;
        }
    }
}
