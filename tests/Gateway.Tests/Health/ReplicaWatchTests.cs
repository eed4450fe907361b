using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Tests.Backends;
using Xunit;

namespace Gateway.Tests.Health;

/// <summary>Which looks at a replica are spared: of many that are well, those that its traffic makes needless, and never all of them.</summary>
public sealed class ReplicaWatchTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly Backend _many;
    private readonly ReplicaWatch _watch;

    public ReplicaWatchTests()
    {
        _many = TestBackends.Of(EngineCatalog.Find("vllm")!, replicas: 40, _clock);
        _watch = new ReplicaWatch(_many, _many.Replicas[0]);
        _watch.Replica.Report(EngineState.Ready);
        Assert.False(_watch.SparesProbe(suspected: true));
    }

    [Fact]
    public void SparesProbe_ReplicaThatAnswersTraffic_IsAskedEveryFourthTime() =>
        Assert.Equal([true, true, true, false, true, true, true, false], Enumerable.Range(0, 8).Select(_ => LookAfterAnswer()));

    [Fact]
    public void SparesProbe_NoTrafficSinceTheLastLook_Asks()
    {
        Assert.True(LookAfterAnswer());
        Assert.False(_watch.SparesProbe(suspected: false));
    }

    [Fact]
    public void SparesProbe_SomethingSpeaksAgainstIt_Asks() => Assert.False(LookAfterAnswer(suspected: true));

    [Theory]
    [InlineData("Degraded")]
    [InlineData("Loading")]
    [InlineData("Unreachable")]
    public void SparesProbe_ReplicaThatIsNotWell_IsAsked(string state)
    {
        _watch.Replica.Report(Enum.Parse<EngineState>(state));

        Assert.False(LookAfterAnswer());
    }

    [Fact]
    public void SparesProbe_OtherSettings_Asks()
    {
        using var other = TestBackends.Of(EngineCatalog.Find("vllm")!, replicas: 40, _clock);
        _watch.Backend = other;

        Assert.False(LookAfterAnswer());
        Assert.True(LookAfterAnswer());
    }

    [Fact]
    public void SparesProbe_FewReplicas_AreAlwaysAsked()
    {
        using var few = TestBackends.Of(EngineCatalog.Find("vllm")!, replicas: 32, _clock);
        var watch = new ReplicaWatch(few, few.Replicas[0]);
        watch.Replica.Report(EngineState.Ready);
        watch.SparesProbe(suspected: false);
        Answer(watch.Replica);

        Assert.False(watch.SparesProbe(suspected: false));
    }

    [Fact]
    public void SparesLoad_EngineThatTellsNone_IsAskedOnceAMinute()
    {
        Assert.False(_watch.SparesLoad(turnedReady: true));
        _watch.TellsNoLoad();

        Assert.Equal(11, Enumerable.Range(0, 20).TakeWhile(_ => _watch.SparesLoad(turnedReady: false)).Count());
        _watch.TellsNoLoad();
        Assert.True(_watch.SparesLoad(turnedReady: false));
        Assert.False(_watch.SparesLoad(turnedReady: true));
    }

    [Theory]
    [InlineData("vllm", 40, 3.25)]
    [InlineData("vllm", 32, 5)]
    [InlineData("ollama", 40, 5)]
    public void WhileOpen_OneOfMany_IsLookedAtBeforeItsConnectionIsDropped(string engine, int replicas, double seconds)
    {
        using var backend = TestBackends.Of(EngineCatalog.Find(engine)!, replicas, _clock);

        Assert.Equal(TimeSpan.FromSeconds(seconds), new ReplicaWatch(backend, backend.Replicas[0]).WhileOpen(TimeSpan.FromSeconds(5)));
    }

    // Callers have nowhere else to go: it is found back within half a second, a look included.
    [Fact]
    public void WhileAway_TheOnlyReplica_IsLookedAtOften()
    {
        using var backend = TestBackends.Of(EngineCatalog.Find("vllm")!, replicas: 1, _clock);
        var watch = new ReplicaWatch(backend, backend.Replicas[0]);
        watch.Replica.Report(EngineState.Unreachable);

        Assert.Equal(0.25, LongestOf(watch));
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(5, LongestOf(watch));
        watch.IsBack();
        Assert.Equal(0.25, LongestOf(watch));
    }

    [Fact]
    public void WhileAway_AnotherReplicaIsWell_IsLookedAtMoreAndMoreSeldom()
    {
        using var backend = TestBackends.Of(EngineCatalog.Find("vllm")!, replicas: 2, _clock);
        var watch = new ReplicaWatch(backend, backend.Replicas[0]);
        watch.Replica.Report(EngineState.Unreachable);
        backend.Replicas[1].Report(EngineState.Ready);

        Assert.Equal(0.5, watch.WhileAway(TimeSpan.FromSeconds(0.25)).TotalSeconds);
        Assert.Equal(5, LongestOf(watch));
    }

    private static double LongestOf(ReplicaWatch watch)
    {
        var pause = TimeSpan.FromSeconds(0.25);
        for (var i = 0; i < 10; i++)
        {
            pause = watch.WhileAway(pause);
        }

        return pause.TotalSeconds;
    }

    [Fact]
    public void Spread_Replicas_AreLookedAtAtDifferentTimesWithinTheUsualPause()
    {
        var pauses = _many.Replicas.Select(replica => new ReplicaWatch(_many, replica).Spread(TimeSpan.FromSeconds(5))).ToArray();

        Assert.All(pauses, pause => Assert.InRange(pause, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5)));
        Assert.True(pauses.Distinct().Count() > 30);
        Assert.InRange(pauses.Max() - pauses.Min(), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(2.5));
    }

    public void Dispose() => _many.Dispose();

    private bool LookAfterAnswer(bool suspected = false)
    {
        Answer(_watch.Replica);
        return _watch.SparesProbe(suspected);
    }

    private void Answer(Replica replica)
    {
        _clock.Advance(TimeSpan.FromSeconds(5));
        replica.Score.Answered(TimeSpan.FromSeconds(1), streamed: true);
    }
}
