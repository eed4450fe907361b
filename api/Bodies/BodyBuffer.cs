using System.Buffers;

namespace Gateway.Bodies;

/// <summary>A body held whole in one rented array, so that it can be looked at, mended and sent more than once.</summary>
internal sealed class BodyBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _array;
    private int _start;
    private int _length;

    public BodyBuffer(int capacity) => _array = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 256));

    public ReadOnlyMemory<byte> Written => _array.AsMemory(_start, _length - _start);

    public int Length => _length - _start;

    /// <summary>Leaves out what the body begins with, if it begins so: a byte order mark belongs to no text.</summary>
    public void Skip(ReadOnlySpan<byte> mark)
    {
        if (Written.Span.StartsWith(mark))
        {
            _start += mark.Length;
        }
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _array.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        var array = _array;
        _array = [];
        (_start, _length) = (0, 0);
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private void Grow(int sizeHint)
    {
        var wanted = _length + Math.Max(sizeHint, 1);
        if (wanted <= _array.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max((long)_array.Length * 2, wanted), Array.MaxLength));
        _array.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
