using Gateway.Core.Configuration;
using Gateway.Proxy.Failover;
using Polly.CircuitBreaker;
using Xunit;

namespace Gateway.Tests.Backends;

/// <summary>When a replica is left alone, and what brings it back.</summary>
public sealed class ReplicaBreakerTests
{
    private static readonly ResilienceSettings Settings = new();

    private readonly ManualClock _clock = new();
    private readonly ReplicaBreaker _breaker;

    public ReplicaBreakerTests() => _breaker = new ReplicaBreaker(Settings, _clock);

    [Fact]
    public void Count_HalfOfAFewFail_Opens()
    {
        Fail(4);
        Assert.True(_breaker.AllowsRequest);

        Fail(1);
        Assert.False(_breaker.AllowsRequest);
    }

    // However well it was before: ten in a row, and it is out of order.
    [Fact]
    public void Count_ManyInARowAfterManyGoodOnes_Opens()
    {
        Succeed(5000);
        Fail((2 * Settings.BreakerFailures) - 1);
        Assert.True(_breaker.AllowsRequest);

        Fail(1);
        Assert.False(_breaker.AllowsRequest);
    }

    [Fact]
    public void Count_ManyFailuresAmongMoreGoodOnes_StaysClosed()
    {
        for (var i = 0; i < 100; i++)
        {
            Succeed(20);
            Fail((2 * Settings.BreakerFailures) - 1);
        }

        Assert.True(_breaker.IsClosed);
    }

    [Fact]
    public async Task Probe_AnswerBegins_ClosesBeforeItsEnd()
    {
        Fail(5);
        Assert.False(_breaker.TryBeginProbe());
        _clock.Advance(Settings.BreakerPause);
        Assert.True(_breaker.AllowsRequest);
        Assert.True(_breaker.TryBeginProbe());
        Assert.False(_breaker.AllowsRequest);
        Assert.False(_breaker.TryBeginProbe());

        _breaker.Answered();

        await WaitAsync(CircuitState.Closed);
        _breaker.EndProbe(well: true);
        Assert.True(_breaker.IsClosed);
    }

    [Fact]
    public async Task Probe_Fails_OpensForAnotherPause()
    {
        Fail(5);
        _clock.Advance(Settings.BreakerPause);
        Assert.True(_breaker.TryBeginProbe());
        _breaker.EndProbe(well: false);

        // The new pause is set right behind the state.
        await Wait.UntilAsync(() => _breaker.State == CircuitState.Open && !_breaker.AllowsRequest, "the breaker to be open for another pause");
        _clock.Advance(Settings.BreakerPause);
        Assert.True(_breaker.AllowsRequest);
    }

    [Fact]
    public void Forget_Open_Closes()
    {
        Fail(5);
        _breaker.Forget();
        Assert.True(_breaker.IsClosed);

        Fail(4);
        Assert.True(_breaker.IsClosed);
    }

    private async Task WaitAsync(CircuitState state) => await Wait.UntilAsync(() => _breaker.State == state, $"the breaker to be {state}");

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _breaker.Count(success: false);
        }
    }

    private void Succeed(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _breaker.Count(success: true);
        }
    }
}
