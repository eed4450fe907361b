using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Routing;
using Gateway.Tests.Backends;
using Xunit;

namespace Gateway.Tests.Routing;

/// <summary>Which replica is asked: one that can be, and of two the one with less to do.</summary>
public sealed class ReplicaPickerTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly Lifecycle _lifecycle = new();
    private readonly Backend _backend;
    private readonly ReplicaPicker _picker;

    public ReplicaPickerTests()
    {
        _backend = TestBackends.Of(EngineCatalog.Find("ollama")!, replicas: 3, _clock);
        _picker = Picker(TimeSpan.Zero);
    }

    [Fact]
    public void Pick_TwoReplicas_TakesTheOneWithLessToDo()
    {
        _backend.Replicas[0].Report(EngineState.Unreachable);
        _backend.Replicas[1].Enter();

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal("ollama-3", _picker.Pick(_backend, [])?.Name));
    }

    [Fact]
    public void Pick_TheBusiest_IsNeverTaken()
    {
        _backend.Replicas[1].Enter();

        var picked = Enumerable.Range(0, 300).Select(_ => _picker.Pick(_backend, [])!.Name).GroupBy(name => name).ToDictionary(group => group.Key, group => group.Count());

        Assert.Equal(["ollama-1", "ollama-3"], picked.Keys.Order());
        Assert.All(picked.Values, count => Assert.InRange(count, 100, 200));
    }

    [Theory]
    [InlineData("Unreachable")]
    [InlineData("Loading")]
    [InlineData("Draining")]
    public void Pick_ReplicaThatCannotWork_IsLeftOut(string state)
    {
        _backend.Replicas[0].Report(Enum.Parse<EngineState>(state));
        _backend.Replicas[2].Report(Enum.Parse<EngineState>(state));

        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal("ollama-2", _picker.Pick(_backend, [])?.Name));
        _backend.Replicas[1].Report(Enum.Parse<EngineState>(state));
        Assert.Null(_picker.Pick(_backend, []));
    }

    [Fact]
    public void Pick_Tried_IsNotTriedAgain()
    {
        var tried = new List<Replica>();
        while (_picker.Pick(_backend, tried) is { } replica)
        {
            Assert.DoesNotContain(replica, tried);
            tried.Add(replica);
        }

        Assert.Equal(3, tried.Count);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Pick_OnlyReplica_IsTakenOnce(bool tried, bool expected)
    {
        using var backend = TestBackends.Of(EngineCatalog.Find("ollama")!, replicas: 1);

        Assert.Equal(expected, _picker.Pick(backend, tried ? [backend.Replicas[0]] : []) is not null);
    }

    [Fact]
    public async Task WaitUsable_ReadyInTime_IsWaitedFor()
    {
        ReportAll(EngineState.Loading);
        var waiting = Picker(TimeSpan.FromSeconds(30)).WaitUsableAsync(_backend, CancellationToken.None).AsTask();
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.False(waiting.IsCompleted);

        _backend.Replicas[1].Report(EngineState.Ready);

        Assert.True(await MoveOnAsync(waiting, TimeSpan.FromSeconds(1)));
    }

    // No time passes: the change itself ends the waits, also of requests that wait by settings that replaced these.
    [Fact]
    public async Task WaitUsable_ReplicaTurnsReady_EndsAllWaitsWithoutTime()
    {
        ReportAll(EngineState.Loading);
        using var next = new Backend(_backend.Settings, _backend.Profile, _clock, _backend);
        var picker = Picker(TimeSpan.FromSeconds(30));
        Task<bool>[] waiting = [.. new[] { _backend, _backend, next }.Select(backend => picker.WaitUsableAsync(backend, CancellationToken.None).AsTask())];
        _backend.Replicas[0].Hold(EngineState.Draining);
        Assert.All(waiting, wait => Assert.False(wait.IsCompleted));

        next.Replicas[1].Report(EngineState.Ready);

        Assert.All(await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(20)), Assert.True);
    }

    [Fact]
    public async Task WaitUsable_ReplicaIsReleased_EndsTheWaitWithoutTime()
    {
        ReportAll(EngineState.Ready);
        foreach (var replica in _backend.Replicas)
        {
            replica.Hold(EngineState.Starting);
        }

        var waiting = Picker(TimeSpan.FromSeconds(30)).WaitUsableAsync(_backend, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);

        _backend.Replicas[0].Release();

        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task WaitUsable_NotReadyInTime_IsGivenUp()
    {
        ReportAll(EngineState.Loading);
        var waiting = Picker(TimeSpan.FromSeconds(30)).WaitUsableAsync(_backend, CancellationToken.None).AsTask();

        Assert.False(await MoveOnAsync(waiting, TimeSpan.FromSeconds(40)));
        Assert.False(await Picker(TimeSpan.Zero).WaitUsableAsync(_backend, CancellationToken.None));
    }

    [Fact]
    public async Task WaitUsable_ClientLeaves_EndsTheWait()
    {
        ReportAll(EngineState.Loading);
        using var left = new CancellationTokenSource();
        var waiting = Picker(TimeSpan.FromSeconds(30)).WaitUsableAsync(_backend, left.Token).AsTask();

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Theory]
    [InlineData("Loading", "engine_loading")]
    [InlineData("Starting", "engine_loading")]
    [InlineData("Pulling", "engine_loading")]
    [InlineData("Unreachable", "engine_unavailable")]
    [InlineData("Absent", "engine_unavailable")]
    [InlineData("Draining", "engine_unavailable")]
    public void Unusable_State_IsToldWithRetryAfter(string state, string code)
    {
        ReportAll(Enum.Parse<EngineState>(state));

        var error = ReplicaPicker.Unusable(_backend);

        Assert.Equal((503, code, true), (error.Status, error.Code, error.RetryAfterSeconds > 0));
    }

    [Fact]
    public async Task WaitUsable_GatewayEnds_IsGivenUpAndTold()
    {
        ReportAll(EngineState.Loading);
        var picker = Picker(TimeSpan.FromSeconds(30));
        var waiting = picker.WaitUsableAsync(_backend, CancellationToken.None).AsTask();
        Assert.Equal("engine_loading", picker.None(_backend).Code);

        _lifecycle.End();

        Assert.False(await MoveOnAsync(waiting, TimeSpan.FromSeconds(1)));
        Assert.Equal(GatewayError.ShuttingDown, picker.None(_backend));
    }

    public void Dispose()
    {
        _lifecycle.Dispose();
        _backend.Dispose();
    }

    private ReplicaPicker Picker(TimeSpan wait) => new(new GatewaySettings { Backends = [], LoadingWait = wait }, _lifecycle, _clock, new Random(7));

    private void ReportAll(EngineState state)
    {
        foreach (var replica in _backend.Replicas)
        {
            replica.Report(state);
        }
    }

    // The clock is moved on in steps, for as long as somebody waits for it.
    private async Task<bool> MoveOnAsync(Task<bool> waiting, TimeSpan most)
    {
        for (var left = most; left > TimeSpan.Zero && !waiting.IsCompleted; left -= TimeSpan.FromMilliseconds(50))
        {
            SpinWait.SpinUntil(() => waiting.IsCompleted || _clock.Waiting > 0, TimeSpan.FromSeconds(20));
            _clock.Advance(TimeSpan.FromMilliseconds(50));
        }

        return await waiting.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
