using System.Buffers;

namespace Gateway.Proxy.Translation;

/// <summary>A tool call of a stream. Texts are as the engine escapes them.</summary>
internal sealed class MessagesCall(int? index)
{
    private MessagesJsonProgress _progress;

    public int? Index { get; } = index;

    public byte[]? Id { get; private set; }

    public byte[]? Name { get; private set; }

    /// <summary>Arguments that came before it was the call's turn; null where there are none.</summary>
    public ArrayBufferWriter<byte>? Held { get; private set; }

    public bool HasArguments { get; private set; }

    /// <summary>Its block has been told and closed.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Its arguments are closed: nothing can follow that means anything.</summary>
    public bool IsWhole => _progress.IsWhole;

    /// <summary>Takes what a piece says of the call itself. The first id and the first name count.</summary>
    public void TakeHead(ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        Id ??= id.IsEmpty ? null : id.ToArray();
        Name ??= name.IsEmpty ? null : name.ToArray();
    }

    /// <summary>Counts a piece of the arguments.</summary>
    public void Count(ReadOnlySpan<byte> inside)
    {
        HasArguments |= !inside.IsEmpty;
        _progress.Take(inside);
    }

    public void Close() => IsClosed = true;

    /// <summary>Keeps a piece of the arguments for later.</summary>
    public void Hold(ReadOnlySpan<byte> inside) => (Held ??= new()).Write(inside);

    public bool IsNamed(ReadOnlySpan<byte> name) => Name is not null && name.SequenceEqual(Name);

    public bool HasId(ReadOnlySpan<byte> id) => Id is not null && id.SequenceEqual(Id);
}
