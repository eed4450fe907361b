using System.Buffers;

namespace Gateway.Proxy.Responses;

/// <summary>A queue of bytes in a rented array, which is returned whenever it is empty: an idle stream takes no memory.</summary>
internal sealed class StreamBuffer : IBufferWriter<byte>, IDisposable
{
    private const int Smallest = 4096;

    private byte[] _array = [];
    private int _start;
    private int _end;

    public int Length => _end - _start;

    public ReadOnlySpan<byte> Span => _array.AsSpan(_start, Length);

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(_start, Length);

    public void Advance(int count) => _end += count;

    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            Dispose();
        }
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        var array = _array;
        _array = [];
        _start = _end = 0;
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private void Reserve(int wanted)
    {
        if (_array.Length - _end >= wanted)
        {
            return;
        }

        var length = Length;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Smallest, Math.Max(length + wanted, _start > 0 ? 0 : _array.Length * 2)));
        Span.CopyTo(larger);
        var old = _array;
        _array = larger;
        _start = 0;
        _end = length;
        if (old.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }
}
