using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Routing;
using Gateway.Tests.Backends;
using Xunit;

namespace Gateway.Tests.Routing;

/// <summary>The share of each of very many replicas.</summary>
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
