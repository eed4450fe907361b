using System.Buffers;

namespace Gateway.Proxy.Responses;

/// <summary>Keeps the last event of an answer until the next one is here.</summary>
/// <remarks>Some engines send a member of it only in a later usage chunk, which a caller that did not ask for usage does not get.</remarks>
internal sealed class LateEvent
{
    private readonly ArrayBufferWriter<byte> _bytes = new(512);

    /// <summary>Where it is written; it stays here until it is passed on.</summary>
    public IBufferWriter<byte> Bytes => _bytes;

    /// <summary>Passes it on, if there is one.</summary>
    /// <param name="member">What is added to its data: a member of a JSON object, without a comma.</param>
    /// <param name="output">Where it goes.</param>
    public void Pass(ReadOnlySpan<byte> member, IBufferWriter<byte> output)
    {
        var bytes = _bytes.WrittenSpan;
        var end = member.IsEmpty ? -1 : bytes.LastIndexOf((byte)'}');
        if (end < 0)
        {
            output.Write(bytes);
        }
        else
        {
            output.Write(bytes[..end]);
            output.Write(","u8);
            output.Write(member);
            output.Write(bytes[end..]);
        }

        _bytes.ResetWrittenCount();
    }
}
