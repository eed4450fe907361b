namespace Gateway.TestModels;

/// <summary>MT19937 with 53-bit fractions: the framework promises no fixed sequence for its own generator, and the model's bytes must never change.</summary>
internal sealed class MersenneTwister
{
    private const int Size = 624;
    private const int Shift = 397;
    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    // The reference seeding by an array of one element (init_by_array).
    public MersenneTwister(uint seed)
    {
        _state[0] = 19650218;
        for (var i = 1; i < Size; i++)
        {
            _state[i] = (1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30))) + (uint)i;
        }

        var at = 1;
        for (var i = 0; i < Size; i++)
        {
            _state[at] = (_state[at] ^ (Mixed(at) * 1664525)) + seed;
            at = Advance(at);
        }

        for (var i = 1; i < Size; i++)
        {
            _state[at] = (_state[at] ^ (Mixed(at) * 1566083941)) - (uint)at;
            at = Advance(at);
        }

        _state[0] = 0x80000000;
    }

    /// <summary>The next fraction, from 0 up to but not including 1.</summary>
    public double NextDouble()
    {
        var high = NextUInt32() >> 5;
        var low = NextUInt32() >> 6;
        return ((high * 67108864.0) + low) / 9007199254740992.0;
    }

    private uint Mixed(int at) => _state[at - 1] ^ (_state[at - 1] >> 30);

    private int Advance(int at)
    {
        if (at + 1 < Size)
        {
            return at + 1;
        }

        _state[0] = _state[Size - 1];
        return 1;
    }

    private uint NextUInt32()
    {
        if (_next == Size)
        {
            Refill();
        }

        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }

    private void Refill()
    {
        for (var i = 0; i < Size; i++)
        {
            var y = (_state[i] & 0x80000000) | (_state[(i + 1) % Size] & 0x7fffffff);
            _state[i] = _state[(i + Shift) % Size] ^ (y >> 1) ^ ((y & 1) * 0x9908b0df);
        }

        _next = 0;
    }
}
