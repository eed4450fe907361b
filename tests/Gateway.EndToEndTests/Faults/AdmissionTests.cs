using System.Net;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Faults;

/// <summary>So many at once, so many waiting; the rest are told to come back, and who leaves the queue is out of it.</summary>
public sealed class AdmissionTests
{
    private static readonly (string, string)[] OneAtOnceOneWaiting = [("GATEWAY_MAX_CONCURRENCY", "1"), ("GATEWAY_MAX_QUEUE", "1")];

    [Fact]
    public async Task Chat_PlaceAndQueueTaken_Is503WithRetryAfter()
    {
        await using var rig = await FaultRig.StartAsync(1, OneAtOnceOneWaiting);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.First(1, HoldUntil(gate.Task));
        var running = rig.ChatAsync();
        await Wait.UntilAsync(() => rig.Upstream == 1, "the first to run");
        var others = new List<Task<HttpResponseMessage>> { rig.ChatAsync(), rig.ChatAsync(), rig.ChatAsync() };

        // One of the three may wait, whichever came first; the other two are refused while the place is held.
        for (var i = 0; i < 2; i++)
        {
            var done = await Task.WhenAny(others);
            others.Remove(done);
            using var refused = await done;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Contains("overloaded", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(1, rig.Upstream);
        gate.SetResult();
        using var first = await running;
        using var second = await others[0];
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
    }

    [Fact]
    public async Task Chat_WaitsTooLong_Is503()
    {
        await using var rig = await FaultRig.StartAsync(1, [.. OneAtOnceOneWaiting, ("GATEWAY_QUEUE_TIMEOUT_SECONDS", "0.3")]);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.First(1, HoldUntil(gate.Task));
        var running = rig.ChatAsync();
        await Wait.UntilAsync(() => rig.Upstream == 1, "the first to run");
        using var late = await rig.ChatAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, late.StatusCode);
        gate.SetResult();
        using var first = await running;
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
    }

    private static Reply HoldUntil(Task gate) => async exchange =>
    {
        await gate.WaitAsync(exchange.Aborted);
        await Replies.Default(exchange);
    };
}
