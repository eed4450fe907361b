using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Tests.Backends;
using Xunit;

namespace Gateway.Tests.Health;

/// <summary>When a replica is probed and when its load is read.</summary>
public sealed class ReplicaWatchTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly Backend _backend;
    private readonly ReplicaWatch _watch;

    public ReplicaWatchTests()
    {
        _backend = TestBackends.Of(EngineCatalog.Find("vllm")!, replicas: 2, _clock);
        _watch = new ReplicaWatch(_backend, _backend.Replicas[0]);
        _watch.Replica.Report(EngineState.Ready);
    }

    [Fact]
    public void SkipsLoad_EngineThatReportsNone_IsAskedOnceAMinute()
    {
        Assert.False(_watch.SkipsLoad(turnedReady: true));
        _watch.NoteNoLoad();

        Assert.Equal(11, Enumerable.Range(0, 20).TakeWhile(_ => _watch.SkipsLoad(turnedReady: false)).Count());
        _watch.NoteNoLoad();
        Assert.True(_watch.SkipsLoad(turnedReady: false));
        Assert.False(_watch.SkipsLoad(turnedReady: true));
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

    public void Dispose() => _backend.Dispose();
}
