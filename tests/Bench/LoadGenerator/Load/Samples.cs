using System.Diagnostics;

namespace Gateway.Bench.Load;

/// <summary>Times of one measurement, in microseconds.</summary>
internal sealed class Samples
{
    private readonly List<float> _values = new(64 * 1024);
    private bool _sorted;

    public int Count => _values.Count;

    public void Add(long fromTimestamp, long toTimestamp)
    {
        _values.Add((float)((toTimestamp - fromTimestamp) * (1e6 / Stopwatch.Frequency)));
        _sorted = false;
    }

    public void Add(Samples other)
    {
        _values.AddRange(other._values);
        _sorted = false;
    }

    /// <summary>The value below which so large a share lies, from 0 to 1.</summary>
    public double Percentile(double share)
    {
        if (!_sorted)
        {
            _values.Sort();
            _sorted = true;
        }

        return _values.Count == 0 ? double.NaN : _values[(int)Math.Min(_values.Count - 1, _values.Count * share)];
    }
}
