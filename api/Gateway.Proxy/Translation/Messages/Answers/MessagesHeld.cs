using System.Buffers;

namespace Gateway.Proxy.Translation;

/// <summary>What a block of an answer is.</summary>
internal enum MessagesBlockKind
{
    None,
    Thinking,
    Text,
    Refusal,
    Call,
}

/// <summary>A block that waits until the call before it is whole.</summary>
internal sealed class MessagesHeld(MessagesBlockKind kind, MessagesCall? call)
{
    public MessagesBlockKind Kind { get; } = kind;

    public MessagesCall? Call { get; } = call;

    /// <summary>Of a text, what it is so far.</summary>
    public ArrayBufferWriter<byte> Text { get; } = new();
}
