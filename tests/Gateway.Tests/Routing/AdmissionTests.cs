using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Routing;
using Gateway.Tests.Backends;
using Xunit;

namespace Gateway.Tests.Routing;

/// <summary>So many at once, a few more in line, and the rest told to come back.</summary>
public sealed class AdmissionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualClock _clock = new();
    private readonly Lifecycle _lifecycle = new();
    private readonly List<Backend> _backends = [];
    private readonly Admission _admission;

    public AdmissionTests() => _admission = new Admission(_lifecycle, _clock);

    [Fact]
    public async Task Enter_NoLimit_IsLetInWithoutAPlace()
    {
        var backend = Of(null, 0);

        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal((null, null), await _admission.EnterAsync(backend, null, CancellationToken.None));
        }
    }

    [Fact]
    public async Task Enter_Limit_IsOverloadedBeyondIt()
    {
        var backend = Of(2, 0);
        await TakeAsync(backend);
        var place = await TakeAsync(backend);

        var (none, error) = await EnterAsync(backend);
        Assert.Null(none);
        Assert.Equal((503, "overloaded"), (error!.Status, error.Code));
        Assert.Contains("limit of 2 concurrent requests", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.RetryAfterSeconds!.Value, 1, 59);

        place.Dispose();
        await TakeAsync(backend);
    }

    [Fact]
    public async Task Leave_Twice_GivesOnePlaceBack()
    {
        var backend = Of(1, 0);
        var place = await TakeAsync(backend);
        place.Dispose();
        place.Dispose();

        await TakeAsync(backend);
        Assert.NotNull((await EnterAsync(backend)).Error);
    }

    [Fact]
    public async Task Enter_Queue_IsServedInOrder()
    {
        var backend = Of(1, 3);
        var place = await TakeAsync(backend);
        var waiting = Enumerable.Range(0, 3).Select(_ => EnterAsync(backend)).ToArray();
        Assert.NotNull((await EnterAsync(backend)).Error);

        foreach (var next in waiting)
        {
            Assert.False(next.IsCompleted);
            place.Dispose();
            place = (await next.WaitAsync(Patience)).Place!;
        }

        Assert.Equal((1, 0), (_admission.QueueOf(backend).Running, _admission.QueueOf(backend).Queued));
    }

    // One busy key does not keep the others waiting.
    [Fact]
    public async Task Enter_SeveralKeys_AreServedInTurn()
    {
        var backend = Of(1, 6);
        var place = await TakeAsync(backend);
        var served = new List<string>();
        var waiting = ((string[])["a", "a", "a", "b", "c", "b"]).Select(async key =>
        {
            var (mine, _) = await _admission.EnterAsync(backend, key, CancellationToken.None);
            lock (served)
            {
                served.Add(key);
            }

            mine!.Dispose();
        }).ToArray();

        place.Dispose();
        await Task.WhenAll(waiting).WaitAsync(Patience);

        Assert.Equal(["a", "b", "c", "a", "b", "a"], served);
    }

    [Fact]
    public async Task Enter_QueueTimeout_IsOverloaded()
    {
        var backend = Of(1, 1);
        var place = await TakeAsync(backend);
        var waiting = EnterAsync(backend);
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(waiting.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("overloaded", (await waiting.WaitAsync(Patience)).Error?.Code);
        Assert.Equal(0, _admission.QueueOf(backend).Queued);
        place.Dispose();
        await TakeAsync(backend);
    }

    [Fact]
    public async Task Enter_ClientLeavesTheQueue_MakesRoomInIt()
    {
        var backend = Of(1, 2);
        var place = await TakeAsync(backend);
        using var left = new CancellationTokenSource();
        var leaving = EnterAsync(backend, left.Token);
        var staying = EnterAsync(backend);

        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.WaitAsync(Patience));

        Assert.Equal(1, _admission.QueueOf(backend).Queued);
        var newcomer = EnterAsync(backend);
        place.Dispose();
        (await staying.WaitAsync(Patience)).Place!.Dispose();
        Assert.NotNull((await newcomer.WaitAsync(Patience)).Place);
    }

    [Fact]
    public async Task Enter_Backends_HaveLimitsOfTheirOwn()
    {
        await TakeAsync(Of(1, 0));
        await TakeAsync(Of(1, 0));
    }

    // Whoever leaves, times out or is served in the same moment: no place may be lost, and none be given twice.
    [Fact]
    public async Task Enter_ManyAtOnce_NeverExceedsTheLimitAndLosesNoPlace()
    {
        const int Limit = 3;
        var backend = Of(Limit, 50);
        var inside = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < 200; i++)
            {
                using var leaves = new CancellationTokenSource();
                var entering = EnterAsync(backend, leaves.Token);
                if (random.Next(3) == 0)
                {
                    await leaves.CancelAsync();
                }

                try
                {
                    if ((await entering).Place is { } place)
                    {
                        InterlockedMax(ref most, Interlocked.Increment(ref inside));
                        await Task.Yield();
                        Interlocked.Decrement(ref inside);
                        place.Dispose();
                    }
                }
                catch (OperationCanceledException)
                {
                    // It left.
                }
            }
        }))).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.InRange(most, 1, Limit);
        Assert.Equal((0, 0), (_admission.QueueOf(backend).Running, _admission.QueueOf(backend).Queued));
    }

    [Fact]
    public async Task Apply_OtherLimits_LetsInAsManyAsTheyAllow()
    {
        var backend = Of(1, 3);
        var first = await TakeAsync(backend);
        var waiting = Enumerable.Range(0, 3).Select(_ => EnterAsync(backend)).ToArray();
        var queue = _admission.QueueOf(backend);

        queue.Apply(new AdmissionSettings { MaxConcurrency = 3, MaxQueue = 0 });
        Assert.Equal((3, 1), (queue.Running, queue.Queued));

        // Lowered again, those who run go on, and nobody follows them until there is room.
        queue.Apply(new AdmissionSettings { MaxConcurrency = 1, MaxQueue = 1 });
        first.Dispose();
        Assert.Equal((2, 1), (queue.Running, queue.Queued));

        queue.Apply(new AdmissionSettings());
        Assert.All(await Task.WhenAll(waiting).WaitAsync(Patience), entered => Assert.NotNull(entered.Place));
        Assert.Equal((3, 0), (queue.Running, queue.Queued));
    }

    [Fact]
    public async Task Wait_GatewayEnds_IsToldAndNobodyWaitsAnyLonger()
    {
        var backend = Of(1, 2);
        var place = await TakeAsync(backend);
        var waiting = EnterAsync(backend);
        Assert.Equal(1, _admission.QueueOf(backend).Queued);

        _lifecycle.End();

        Assert.Equal((null, GatewayError.ShuttingDown), await waiting.WaitAsync(Patience));
        Assert.Equal((null, GatewayError.ShuttingDown), await EnterAsync(backend));
        Assert.Equal((1, 0), (_admission.QueueOf(backend).Running, _admission.QueueOf(backend).Queued));
        place.Dispose();
    }

    public void Dispose()
    {
        _lifecycle.Dispose();
        _backends.ForEach(backend => backend.Dispose());
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen)
            {
                return;
            }
        }
    }

    private Backend Of(int? limit, int queue)
    {
        var backend = TestBackends.Of(EngineCatalog.Find("ollama")!, replicas: 1, set: settings => settings with { Admission = new AdmissionSettings { MaxConcurrency = limit, MaxQueue = queue } });
        _backends.Add(backend);
        return backend;
    }

    private async Task<(AdmissionPlace? Place, GatewayError? Error)> EnterAsync(Backend backend, CancellationToken cancellationToken = default) =>
        await _admission.EnterAsync(backend, null, cancellationToken);

    private async Task<AdmissionPlace> TakeAsync(Backend backend)
    {
        var (place, error) = await EnterAsync(backend);
        Assert.Null(error);
        return place!;
    }
}
