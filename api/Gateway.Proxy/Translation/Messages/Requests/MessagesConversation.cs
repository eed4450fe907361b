namespace Gateway.Proxy.Translation;

/// <summary>
/// <c>system</c> and <c>messages</c>: all system texts, wherever they stand, in one message at the front, because templates refuse them
/// elsewhere;
/// then the turns in their order.
/// </summary>
internal sealed class MessagesConversation
{
    private readonly MessagesDraft _draft;
    private readonly MessagesUserTurn _user;
    private readonly MessagesAssistantTurn _assistant;
    private readonly List<Range> _system = [];
    private readonly List<(int Index, bool User, MessagesValue Content)> _turns = [];

    public MessagesConversation(MessagesDraft draft)
    {
        _draft = draft;
        _user = new MessagesUserTurn(draft);
        _assistant = new MessagesAssistantTurn(draft);
    }

    // It names the client's version and entry point, for Anthropic's accounts alone, and would spoil the cache of every prompt behind it.
    private static ReadOnlySpan<byte> BillingLine => "x-anthropic-billing-header"u8;

    /// <summary>Writes the member <c>messages</c>, without a comma.</summary>
    public bool Write(MessagesValue system, MessagesValue messages)
    {
        if (!system.IsMissing && !TakeSystem(system, "system"))
        {
            return false;
        }

        if (!messages.IsList || messages.IsEmpty(_draft.Body))
        {
            return _draft.Refuse("messages", $"{(messages.IsMissing ? "is missing: it " : "")}has to be a list of at least one message.");
        }

        if (!TakeTurns(messages))
        {
            return false;
        }

        _draft.Write("\"messages\":["u8);
        WriteSystem();
        var first = _system.Count == 0;
        foreach (var (index, user, content) in _turns)
        {
            _draft.Write(first ? ""u8 : ","u8);
            first = false;
            var at = $"messages.{index}.content";
            if (!(user ? _user.Write(content, at) : _assistant.Write(content, at)))
            {
                return false;
            }
        }

        _draft.Write("]"u8);
        return true;
    }

    private bool TakeTurns(MessagesValue messages)
    {
        var cursor = new MessagesCursor(_draft.Body, messages);
        for (var i = 0; cursor.NextElement(out var value); i++)
        {
            var message = value.IsObject ? MessagesBlock.Read(_draft.Body, value) : default;
            if (!Take(message, i))
            {
                return false;
            }
        }

        return true;
    }

    private bool Take(in MessagesBlock message, int index)
    {
        var role = message[MessagesMember.Role] is { IsText: true } text ? _draft.Body[text.Inside] : default;
        var content = message[MessagesMember.Content];
        if (!content.IsText && !content.IsList)
        {
            return _draft.Refuse($"messages.{index}.content", "has to be a text or a list of blocks.");
        }

        if (role.SequenceEqual("system"u8))
        {
            return TakeSystem(content, $"messages.{index}.content");
        }

        var user = role.SequenceEqual("user"u8);
        if (!user && !role.SequenceEqual("assistant"u8))
        {
            return _draft.Refuse($"messages.{index}.role", "has to be `user`, `assistant` or `system`.");
        }

        _turns.Add((index, user, content));
        return true;
    }

    private bool TakeSystem(MessagesValue system, string at)
    {
        if (system.IsText)
        {
            TakeSystemText(system);
            return true;
        }

        if (!system.IsList)
        {
            return _draft.Refuse(at, "has to be a text or a list of `text` blocks.");
        }

        var cursor = new MessagesCursor(_draft.Body, system);
        for (var i = 0; cursor.NextElement(out var value); i++)
        {
            var block = value.IsObject ? MessagesBlock.Read(_draft.Body, value) : default;
            if (!block.Type(_draft.Body).SequenceEqual("text"u8) || !block[MessagesMember.Text].IsText)
            {
                return _draft.Refuse($"{at}.{i}", "has to be a `text` block.");
            }

            if (!block[MessagesMember.CacheControl].IsMissing)
            {
                _draft.LeaveOut("cache_control");
            }

            TakeSystemText(block[MessagesMember.Text]);
        }

        return true;
    }

    private void TakeSystemText(MessagesValue text)
    {
        if (text.IsFilled && !_draft.Body[text.Inside].StartsWith(BillingLine))
        {
            _system.Add(text.Inside);
        }
    }

    private void WriteSystem()
    {
        for (var i = 0; i < _system.Count; i++)
        {
            _draft.Write(i == 0 ? "{\"role\":\"system\",\"content\":\""u8 : "\\n\\n"u8);
            _draft.Copy(_system[i]);
        }

        _draft.Write(_system.Count == 0 ? ""u8 : "\"}"u8);
    }
}
