namespace Gateway.Proxy.Translation;

/// <summary>One item of <c>input</c>, by the members that matter here.</summary>
internal ref struct ResponsesItem
{
    public ResponsesValue Type { get; private set; }

    public ResponsesValue Role { get; private set; }

    public ResponsesValue Content { get; private set; }

    public ResponsesValue CallId { get; private set; }

    public ResponsesValue Id { get; private set; }

    public ResponsesValue Name { get; private set; }

    public ResponsesValue Namespace { get; private set; }

    /// <summary><c>arguments</c>, <c>input</c>, <c>action</c> or <c>operation</c>: what a call says.</summary>
    public ResponsesValue Said { get; private set; }

    public ResponsesValue Output { get; private set; }

    public ResponsesValue Summary { get; private set; }

    public ResponsesValue Encrypted { get; private set; }

    public readonly bool IsMessage => Type.Is("message"u8) || (Type.IsMissing && !Role.IsMissing);

    /// <summary>It belongs into the first message, wherever it stands.</summary>
    public readonly bool IsSystem => IsMessage && (Role.Is("system"u8) || Role.Is("developer"u8));

    public static ResponsesItem Read(ResponsesValue value)
    {
        var item = default(ResponsesItem);
        var fields = value.Fields;
        while (fields.Next())
        {
            item.Take(ref fields);
        }

        return item;
    }

    private void Take(ref ResponsesFields fields)
    {
        if (fields.Is("type"u8))
        {
            Type = fields.Value;
        }
        else if (fields.Is("role"u8))
        {
            Role = fields.Value;
        }
        else if (fields.Is("content"u8))
        {
            Content = fields.Value;
        }
        else if (fields.Is("call_id"u8))
        {
            CallId = fields.Value;
        }
        else if (fields.Is("output"u8))
        {
            Output = fields.Value;
        }
        else if (fields.Is("id"u8))
        {
            Id = fields.Value;
        }
        else
        {
            TakeCall(ref fields);
        }
    }

    private void TakeCall(ref ResponsesFields fields)
    {
        if (fields.Is("name"u8))
        {
            Name = fields.Value;
        }
        else if (fields.Is("namespace"u8))
        {
            Namespace = fields.Value;
        }
        else if (fields.Is("arguments"u8) || fields.Is("input"u8) || fields.Is("action"u8) || fields.Is("operation"u8))
        {
            Said = fields.Value;
        }
        else if (fields.Is("summary"u8))
        {
            Summary = fields.Value;
        }
        else if (fields.Is("encrypted_content"u8))
        {
            Encrypted = fields.Value;
        }
    }
}
