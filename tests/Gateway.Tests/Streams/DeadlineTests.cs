using Gateway.Engines;
using Gateway.Proxy.Responses;
using Gateway.Tests.Backends;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>Deadlines on a clock that is moved by hand: at most a tenth of a second late, never early, and once.</summary>
public sealed class DeadlineTests : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ManualClock _clock = new();
    private readonly DeadlineScanner _scanner;
    private readonly List<DeadlineStage> _expired = [];

    public DeadlineTests() => _scanner = new DeadlineScanner(_clock);

    [Theory]
    [InlineData("Headers")]
    [InlineData("FirstToken")]
    [InlineData("Idle")]
    public void Expire_Stage_IsToldWithinATick(string name)
    {
        var stage = Enum.Parse<DeadlineStage>(name);
        _scanner.Add(Hour, _expired.Add).Set(stage, TimeSpan.FromSeconds(5));

        _clock.Advance(TimeSpan.FromSeconds(5) - Tick);
        Assert.Empty(_expired);

        _clock.Advance(Tick + Tick);
        Assert.Equal([stage], _expired);
    }

    [Fact]
    public void Expire_Total_IsToldWhateverTheStage()
    {
        var deadline = _scanner.Add(TimeSpan.FromSeconds(10), _expired.Add);
        for (var i = 0; i < 20; i++)
        {
            deadline.Set(DeadlineStage.Idle, TimeSpan.FromSeconds(2));
            _clock.Advance(TimeSpan.FromSeconds(0.45));
        }

        Assert.Empty(_expired);
        deadline.Clear();
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([DeadlineStage.Total], _expired);
    }

    // Refused once may be a listener that is being replaced; refused again a second later is certain.
    [Fact]
    public void Expire_PeerRefusesConnectionsAndIsSilent_IsToldWithinSeconds()
    {
        using var backend = TestBackends.Of(EngineCatalog.Find("vllm")!, replicas: 1, _clock);
        var peer = backend.Replicas[0];
        var silent = _scanner.Add(Hour, _expired.Add, peer);
        silent.Set(DeadlineStage.Headers, Hour);
        var speaking = _scanner.Add(Hour, stage => throw new InvalidOperationException($"{stage}"), peer);
        _clock.Advance(TimeSpan.FromMinutes(2));
        peer.Refused();
        Speak(TimeSpan.FromSeconds(20));
        Assert.Empty(_expired);

        peer.Refused();
        Speak(TimeSpan.FromSeconds(2));
        Assert.Equal([DeadlineStage.Gone], _expired);

        void Speak(TimeSpan time)
        {
            for (var i = 0; i < time / Tick / 5; i++)
            {
                speaking.Set(DeadlineStage.Idle, Hour);
                _clock.Advance(Tick * 5);
            }
        }
    }

    [Fact]
    public void Expire_PeerIsRefusedOnlyForAMoment_IsNotTold()
    {
        using var backend = TestBackends.Of(EngineCatalog.Find("vllm")!, replicas: 1, _clock);
        var peer = backend.Replicas[0];
        _scanner.Add(Hour, _expired.Add, peer).Set(DeadlineStage.Headers, Hour);
        for (var i = 0; i < 20; i++)
        {
            peer.Refused();
            _clock.Advance(TimeSpan.FromSeconds(0.5));
            peer.Refused();
            _clock.Advance(TimeSpan.FromSeconds(2));
            peer.NotRefused();
        }

        Assert.Empty(_expired);
    }

    [Fact]
    public void Set_Again_BeginsAnew()
    {
        var deadline = _scanner.Add(Hour, _expired.Add);
        for (var i = 0; i < 10; i++)
        {
            deadline.Set(DeadlineStage.Idle, TimeSpan.FromSeconds(3));
            _clock.Advance(TimeSpan.FromSeconds(2.9));
        }

        Assert.Empty(_expired);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal([DeadlineStage.Idle], _expired);
    }

    [Fact]
    public void Clear_Deadline_WaitsForNothing()
    {
        var deadline = _scanner.Add(Hour, _expired.Add);
        deadline.Set(DeadlineStage.Headers, TimeSpan.FromSeconds(1));
        deadline.Clear();

        _clock.Advance(TimeSpan.FromMinutes(30));

        Assert.Empty(_expired);
    }

    [Fact]
    public void Expire_OnceTold_IsNotToldAgain()
    {
        var deadline = _scanner.Add(TimeSpan.FromSeconds(5), _expired.Add);
        deadline.Set(DeadlineStage.Headers, TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(3));
        deadline.Set(DeadlineStage.Idle, TimeSpan.FromSeconds(1));

        _clock.Advance(Hour);

        Assert.Equal([DeadlineStage.Headers], _expired);
    }

    // Any one of them may go first, last or from between the others.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Remove_One_LeavesTheOthers(int removed)
    {
        var told = new List<int>();
        var deadlines = Enumerable.Range(0, 4).Select(i => _scanner.Add(Hour, _ => told.Add(i))).ToArray();
        Array.ForEach(deadlines, deadline => deadline.Set(DeadlineStage.Idle, TimeSpan.FromSeconds(1)));

        _scanner.Remove(deadlines[removed]);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(Enumerable.Range(0, 4).Where(i => i != removed), told.Order());
    }

    [Fact]
    public void Remove_InAnyOrder_EmptiesTheScanner()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var deadlines = Enumerable.Range(0, 6).Select(_ => _scanner.Add(Hour, _expired.Add)).ToArray();
            Array.ForEach(deadlines, deadline => deadline.Set(DeadlineStage.Idle, TimeSpan.FromSeconds(1)));
            new Random(seed).Shuffle(deadlines);
            Array.ForEach(deadlines, _scanner.Remove);
        }

        _clock.Advance(Hour + Hour);

        Assert.Empty(_expired);
    }

    // Whoever is told ends its request, which takes its deadline away, and may begin another.
    [Fact]
    public void Expire_CallbackThatRemovesAndAdds_IsFine()
    {
        Deadline? first = null;
        Deadline? second = null;
        first = _scanner.Add(Hour, _ =>
        {
            _scanner.Remove(first!);
            second = _scanner.Add(Hour, _expired.Add);
            second.Set(DeadlineStage.FirstToken, TimeSpan.FromSeconds(1));
        });
        first.Set(DeadlineStage.Headers, TimeSpan.FromSeconds(1));

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([DeadlineStage.FirstToken], _expired);
    }

    [Fact]
    public void Scanner_AnyNumberOfDeadlines_UsesOneTimer()
    {
        for (var i = 0; i < 100; i++)
        {
            _scanner.Add(Hour, _expired.Add).Set(DeadlineStage.Idle, Hour);
        }

        Assert.Equal(1, _clock.Waiting);
        _scanner.Dispose();
        Assert.Equal(0, _clock.Waiting);
    }

    public void Dispose() => _scanner.Dispose();
}
