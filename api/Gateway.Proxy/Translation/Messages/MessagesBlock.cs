using System.Runtime.CompilerServices;

namespace Gateway.Proxy.Translation;

/// <summary>A member of a content block, a source, a tool or a choice that means something here.</summary>
internal enum MessagesMember
{
    Type,
    Text,
    Id,
    Name,
    Input,
    ToolUseId,
    Content,
    IsError,
    CacheControl,
    Source,
    Data,
    MediaType,
    Url,
    Title,
    Context,
    Thinking,
    ToolName,
    Role,
    Description,
    InputSchema,
    Strict,
    DeferLoading,
    AllowedCallers,
    Schema,
    Count,
}

/// <summary>Where the members of one object lie. Of a member that occurs twice the last counts.</summary>
internal struct MessagesBlock
{
    private static readonly byte[][] Names =
    [
        "type"u8.ToArray(), "text"u8.ToArray(), "id"u8.ToArray(), "name"u8.ToArray(), "input"u8.ToArray(), "tool_use_id"u8.ToArray(), "content"u8.ToArray(),
        "is_error"u8.ToArray(), "cache_control"u8.ToArray(), "source"u8.ToArray(), "data"u8.ToArray(), "media_type"u8.ToArray(), "url"u8.ToArray(),
        "title"u8.ToArray(), "context"u8.ToArray(), "thinking"u8.ToArray(), "tool_name"u8.ToArray(), "role"u8.ToArray(), "description"u8.ToArray(),
        "input_schema"u8.ToArray(), "strict"u8.ToArray(), "defer_loading"u8.ToArray(), "allowed_callers"u8.ToArray(), "schema"u8.ToArray(),
    ];

    private Values _values;

    /// <summary>The value of a member.</summary>
    public readonly MessagesValue this[MessagesMember member] => _values[(int)member];

    /// <summary>Reads an object.</summary>
    public static MessagesBlock Read(ReadOnlySpan<byte> body, in MessagesValue value)
    {
        var block = default(MessagesBlock);
        var cursor = new MessagesCursor(body, value);
        while (cursor.NextMember())
        {
            var member = 0;
            while (member < Names.Length && !cursor.Is(Names[member]))
            {
                member++;
            }

            var found = cursor.MemberValue();
            if (member < Names.Length)
            {
                block._values[member] = found;
            }
        }

        return block;
    }

    /// <summary>Its type, between the quotes; empty where it says none.</summary>
    public readonly ReadOnlySpan<byte> Type(ReadOnlySpan<byte> body) => this[MessagesMember.Type] is { IsText: true } type ? body[type.Inside] : default;

    [InlineArray((int)MessagesMember.Count)]
    private struct Values
    {
        private MessagesValue _first;
    }
}
