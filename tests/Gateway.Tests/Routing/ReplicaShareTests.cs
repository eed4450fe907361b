using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Routing;
using Gateway.Tests.Backends;
using Xunit;

namespace Gateway.Tests.Routing;

/// <summary>How the work is shared out among replicas that are all usable: by weight, pace, failures, what is still to come, and who has just come back.</summary>
public sealed class ReplicaShareTests : IDisposable
{
    private const int Draws = 1000;

    private readonly ManualClock _clock = new();
    private readonly Lifecycle _lifecycle = new();
    private readonly Backend _backend;
    private readonly ReplicaPicker _picker;

    public ReplicaShareTests()
    {
        _backend = Two(1, 1);
        _picker = new ReplicaPicker(new GatewaySettings { Backends = [] }, _lifecycle, _clock, new Random(7));
        Report(_backend, EngineState.Ready);
    }

    [Fact]
    public void Pick_NothingToTellThemApart_SharesEvenly() => Assert.InRange(ShareOfFirst(_backend), 0.42, 0.58);

    [Fact]
    public void Pick_Weights_ShareInProportion()
    {
        using var backend = Two(3, 1);
        Report(backend, EngineState.Ready);

        Assert.InRange(ShareOfFirst(backend), 0.68, 0.82);
    }

    [Fact]
    public void Pick_SlowReplica_LosesMostOfItsShareAndGetsItBackWithTime()
    {
        Answer(_backend.Replicas[0], seconds: 2);
        Answer(_backend.Replicas[1], seconds: 0.02);
        Assert.InRange(ShareOfFirst(_backend), 0.01, 0.12);

        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.InRange(ShareOfFirst(_backend), 0.42, 0.58);
    }

    [Fact]
    public void Pick_PacesOfStreamsAndWholeAnswers_AreNotComparedWithEachOther()
    {
        Answer(_backend.Replicas[0], seconds: 2);
        Answer(_backend.Replicas[1], seconds: 0.02, streamed: true);

        Assert.InRange(ShareOfFirst(_backend), 0.42, 0.58);
    }

    [Fact]
    public void Pick_FailingReplica_LosesShareUntilItAnswersAgain()
    {
        for (var i = 0; i < 10; i++)
        {
            _backend.Replicas[0].Score.Failed();
        }

        Assert.InRange(ShareOfFirst(_backend), 0.01, 0.15);
        for (var i = 0; i < 20; i++)
        {
            Answer(_backend.Replicas[0], seconds: 0.1);
            Answer(_backend.Replicas[1], seconds: 0.1);
        }

        Assert.InRange(ShareOfFirst(_backend), 0.40, 0.60);
    }

    [Fact]
    public void Pick_ReplicaThatAskedForRest_IsLeftAloneAsLong()
    {
        _backend.Replicas[0].Score.Rest(TimeSpan.FromSeconds(3));
        Assert.Equal(0, ShareOfFirst(_backend));

        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.InRange(ShareOfFirst(_backend), 0.42, 0.58);
    }

    [Fact]
    public void Pick_ReplicaThatCameBack_IsWarmedInSlowly()
    {
        _backend.Replicas[0].Report(EngineState.Unreachable);
        _backend.Replicas[0].Report(EngineState.Ready);
        var cold = ShareOfFirst(_backend);
        _clock.Advance(TimeSpan.FromSeconds(5));
        var warmer = ShareOfFirst(_backend);
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.InRange(cold, 0.01, 0.12);
        Assert.InRange(warmer, 0.25, 0.42);
        Assert.InRange(ShareOfFirst(_backend), 0.42, 0.58);
    }

    [Fact]
    public void Pick_ReadyForTheFirstTime_IsNotWarmedIn()
    {
        using var backend = Two(1, 1);
        backend.Replicas[1].Report(EngineState.Ready);
        backend.Replicas[0].Report(EngineState.Ready);

        Assert.InRange(ShareOfFirst(backend), 0.42, 0.58);
    }

    [Fact]
    public void Pick_TokensStillDue_CountAsWork()
    {
        _backend.Replicas[0].Enter(tokens: 512);
        _backend.Replicas[1].Enter(tokens: 512);
        _backend.Replicas[1].Relayed(400);

        Assert.Equal(0, ShareOfFirst(_backend));
        _backend.Replicas[0].Leave(512);
        _backend.Replicas[1].Leave(112);
        Assert.Equal((0, 0), (_backend.Replicas[0].TokensDue, _backend.Replicas[1].TokensDue));
        Assert.InRange(ShareOfFirst(_backend), 0.42, 0.58);
    }

    [Fact]
    public void Pick_EnginesOwnQueue_CountsAsWork()
    {
        _backend.Replicas[0].Load = new EngineLoad(4, 3, null, null);

        Assert.Equal(0, ShareOfFirst(_backend));
    }

    [Fact]
    public void Pick_Nothing_Allocates()
    {
        ShareOfFirst(_backend);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Draws; i++)
        {
            _picker.Pick(_backend, []);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public void Dispose()
    {
        _lifecycle.Dispose();
        _backend.Dispose();
    }

    private double ShareOfFirst(Backend backend)
    {
        var first = 0;
        for (var i = 0; i < Draws; i++)
        {
            first += _picker.Pick(backend, []) == backend.Replicas[0] ? 1 : 0;
        }

        return (double)first / Draws;
    }

    private Backend Two(int weight, int other) => TestBackends.Of(EngineCatalog.Find("ollama")!, replicas: 2, _clock, settings => settings with
    {
        Replicas = [settings.Replicas[0] with { Weight = weight }, settings.Replicas[1] with { Weight = other }],
    });

    private static void Report(Backend backend, EngineState state)
    {
        foreach (var replica in backend.Replicas)
        {
            replica.Report(state);
        }
    }

    private static void Answer(Replica replica, double seconds, bool streamed = false)
    {
        for (var i = 0; i < 5; i++)
        {
            replica.Score.Answered(TimeSpan.FromSeconds(seconds), streamed);
        }
    }
}
