using System.Runtime.CompilerServices;
using System.Text;

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
    // In the order of the members above.
    private static readonly byte[][] Names = Array.ConvertAll(
        ("type text id name input tool_use_id content is_error cache_control source data media_type url title context "
            + "thinking tool_name role description input_schema strict defer_loading allowed_callers schema").Split(' '),
        Encoding.ASCII.GetBytes);

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
    public readonly ReadOnlySpan<byte> Type(ReadOnlySpan<byte> body) =>
        this[MessagesMember.Type] is { IsText: true } type ? body[type.Inside] : default;

    [InlineArray((int)MessagesMember.Count)]
    private struct Values
    {
        private MessagesValue _first;
    }
}
