using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Routing;
using Gateway.Tests.Backends;
using Xunit;

namespace Gateway.Tests.Routing;

/// <summary>Of very many replicas a few are drawn from at a time. Over the seconds that makes no difference to any of them.</summary>
public sealed class ManyReplicasTests : IDisposable
{
    private const int Count = 500;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private readonly ManualClock _clock = new();
    private readonly Lifecycle _lifecycle = new();
    private readonly Backend _backend;

    public ManyReplicasTests()
    {
        _backend = TestBackends.Of(EngineCatalog.Find("ollama")!, replicas: Count, _clock);
        foreach (var replica in _backend.Replicas)
        {
            replica.Report(EngineState.Ready);
        }
    }

    [Theory]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(1000)]
    [InlineData(1024)]
    public void PlaceOf_OneRound_MeetsEveryReplica(int count)
    {
        var window = new DrawingWindow(_clock, new Random(3));
        var met = new int[count];
        var windows = (count + DrawingWindow.Size - 1) / DrawingWindow.Size;
        for (var i = 0; i < windows; i++)
        {
            // The middle of each of the round's turns.
            var now = (10 * 2 * _clock.TimestampFrequency) + (((2 * i) + 1) * _clock.TimestampFrequency / windows);
            for (var index = 0; index < DrawingWindow.Size; index++)
            {
                met[window.PlaceOf(index, count, now)]++;
            }
        }

        Assert.All(met, times => Assert.InRange(times, 1, 2));
    }

    [Fact]
    public void Pick_IdleReplicas_AreAFewAtATimeAndAllOfThemInTheEnd()
    {
        var picker = Picker();
        var few = Enumerable.Range(0, 2000).Select(_ => picker.Pick(_backend, [])).Distinct().Count();
        var picked = Picks(picker, 40_000);

        Assert.InRange(few, 32, DrawingWindow.Size);
        Assert.Equal(Count, picked.Count);
        Assert.All(picked.Values, times => Assert.InRange(times, 20, 200));
    }

    [Fact]
    public void Pick_Weights_CountHoweverReplicasAreListed()
    {
        using var backend = TestBackends.Of(EngineCatalog.Find("ollama")!, replicas: Count, _clock, settings => settings with
        {
            Replicas = [.. settings.Replicas.Select((replica, i) => replica with { Weight = i < Count / 2 ? 3 : 1 })],
        });
        var picker = Picker();
        var heavy = 0;
        for (var i = 0; i < 20_000; i++)
        {
            heavy += picker.Pick(backend, [])!.Weight == 3 ? 1 : 0;
            _clock.Advance(Step);
        }

        // Two draws: 1/4 both heavy, 1/2 one of each, which the heavy one gets three times of four.
        Assert.InRange(heavy / 20_000.0, 0.575, 0.675);
    }

    [Fact]
    public void Pick_FewAreBusy_TheOthersHelp()
    {
        var picker = Picker();
        for (var i = 0; i < Count; i++)
        {
            picker.Pick(_backend, [])!.Enter();
        }

        // As many requests at once as replicas, in one moment: hardly anybody has three.
        Assert.InRange(_backend.Replicas.Count(replica => replica.InFlight > 2), 0, Count / 20);
        Assert.InRange(_backend.Replicas.Count(replica => replica.InFlight == 0), 0, Count * 4 / 10);
    }

    [Fact]
    public void Pick_ReplicasThatCannotWork_AreLeftOut()
    {
        var picker = Picker();
        foreach (var replica in _backend.Replicas.Skip(10))
        {
            replica.Report(EngineState.Unreachable);
        }

        Assert.Equal(10, Picks(picker, 5_000).Count);
        Assert.All(Picks(picker, 5_000).Keys, replica => Assert.True(replica.Usable));
    }

    [Fact]
    public void Pick_OneOfMany_AllocatesNothing()
    {
        var picker = Picker();
        Picks(picker, 1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            picker.Pick(_backend, []);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public void Dispose()
    {
        _lifecycle.Dispose();
        _backend.Dispose();
    }

    private ReplicaPicker Picker() => new(new GatewaySettings { Backends = [] }, _lifecycle, _clock, new Random(7));

    private Dictionary<Replica, int> Picks(ReplicaPicker picker, int times)
    {
        var picked = new Dictionary<Replica, int>();
        for (var i = 0; i < times; i++)
        {
            var replica = picker.Pick(_backend, [])!;
            picked[replica] = picked.GetValueOrDefault(replica) + 1;
            _clock.Advance(Step);
        }

        return picked;
    }
}
