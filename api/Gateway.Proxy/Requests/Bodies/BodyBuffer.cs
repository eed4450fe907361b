using System.Buffers;

namespace Gateway.Proxy.Requests;

/// <summary>A body in one array, so that it can be read, edited and sent more than once.</summary>
public sealed class BodyBuffer : IBufferWriter<byte>, IDisposable
{
    /// <summary>In bytes. Larger arrays are not pooled: the pool rounds up to a power of two and keeps one for each thread.</summary>
    private const int LargestPooled = 4 * 1024 * 1024;

    private readonly BodyMemory? _memory;
    private readonly int _expected;
    private byte[] _array;
    private int _start;
    private int _length;

    /// <param name="capacity">How much it takes before it has to grow.</param>
    /// <param name="memory">What its memory is taken from; null: it is not counted.</param>
    /// <param name="expected">How long it will be, as far as is known: it does not grow beyond that without need.</param>
    /// <exception cref="BodyMemoryException">There is not enough memory left.</exception>
    public BodyBuffer(int capacity, BodyMemory? memory = null, int expected = 0)
    {
        _memory = memory;
        _expected = expected;
        _array = Rent(Math.Max(capacity, 256));
    }

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
            Return(array);
        }
    }

    private void Grow(int sizeHint)
    {
        var wanted = _length + Math.Max(sizeHint, 1);
        if (wanted <= _array.Length)
        {
            return;
        }

        var larger = Rent(wanted > _expected ? (int)Math.Min(Math.Max((long)_array.Length * 2, wanted), Array.MaxLength) : (int)Math.Clamp((long)_array.Length * 4, wanted, _expected));
        _array.AsSpan(0, _length).CopyTo(larger);
        Return(_array);
        _array = larger;
    }

    private byte[] Rent(int size)
    {
        // Counted by what is asked for before it is there, so that nothing is made which is over the budget.
        _memory?.Take(size);
        var array = default(byte[]);
        try
        {
            array = size <= LargestPooled ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
            return array;
        }
        finally
        {
            // The pool gives more than is asked for; what is given back is the whole array.
            _memory?.Give(size - (array?.Length ?? 0));
        }
    }

    private void Return(byte[] array)
    {
        _memory?.Give(array.Length);
        if (array.Length <= LargestPooled)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
