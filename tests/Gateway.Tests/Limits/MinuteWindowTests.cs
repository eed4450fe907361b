using Gateway.Proxy.Limits;
using Xunit;

namespace Gateway.Tests.Limits;

/// <summary>What was used within the last minute, and when it is forgotten.</summary>
public sealed class MinuteWindowTests
{
    private readonly MinuteWindow _window = new();

    [Fact]
    public void Sum_AMinuteLater_IsForgottenAndNotEarlier()
    {
        Add(100.9, 5);

        Assert.Equal(5, SumAt(160.9));
        Assert.Equal(0, SumAt(161));
    }

    [Fact]
    public void Sum_AfterALongPause_IsNothing()
    {
        Add(10, 1);
        Add(11, 2);

        Assert.Equal(0, SumAt(1_000_000));
        Add(1_000_000, 3);
        Assert.Equal(3, SumAt(1_000_030));
    }

    [Fact]
    public void SecondsUntilFree_SeveralSeconds_WaitsForAsManyAsItTakes()
    {
        Add(100, 3);
        Add(110, 2);
        _window.Advance(120);

        Assert.Equal(41, _window.SecondsUntilFree(120, 1));
        Assert.Equal(41, _window.SecondsUntilFree(120, 3));
        Assert.Equal(51, _window.SecondsUntilFree(120, 4));
        Assert.Null(_window.SecondsUntilFree(120, 6));
    }

    // The promise itself, against a list of every single use.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Window_RandomUse_NeverLetsMoreThroughInAnySixtySeconds(int seed)
    {
        const long Limit = 20;
        var random = new Random(seed);
        var taken = new List<double>();
        for (var now = 1000.0; now < 1600; now += random.NextDouble() * 2)
        {
            _window.Advance(now);
            if (_window.Sum < Limit)
            {
                _window.Add(1);
                taken.Add(now);
            }
            else
            {
                Assert.InRange(_window.SecondsUntilFree(now, _window.Sum - Limit + 1)!.Value, 0, 61);
            }
        }

        Assert.All(taken, start => Assert.InRange(taken.Count(one => one >= start && one < start + 60), 1, Limit));
        Assert.True(taken.Count > 9 * Limit);
    }

    private void Add(double now, long amount)
    {
        _window.Advance(now);
        _window.Add(amount);
    }

    private long SumAt(double now)
    {
        _window.Advance(now);
        return _window.Sum;
    }
}
