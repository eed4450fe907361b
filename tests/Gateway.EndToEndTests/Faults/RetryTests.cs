using System.Net;
using System.Text;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Faults;

/// <summary>What a caller sees of failures before the first byte, and how often the engines were asked.</summary>
public sealed class RetryTests
{
    private const string FirstFrame = "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Paris\"},\"finish_reason\":null}]}\n\n";
    private const string Overloaded = """{"error":{"message":"busy","type":"overloaded","param":null,"code":429}}""";

    [Theory]
    [InlineData("reset")]
    [InlineData("500")]
    [InlineData("502")]
    [InlineData("504")]
    [InlineData("429")]
    [InlineData("503")]
    [InlineData("page")]
    [InlineData("no frame")]
    public async Task Chat_OneFailureBeforeTheFirstByte_IsAnsweredByTheOtherReplica(string fault)
    {
        foreach (var stream in (bool[])[false, true])
        {
            await using var rig = await FaultRig.StartAsync(2);
            rig.First(1, Fault(fault));
            using var answer = await rig.ChatAsync(stream);
            var text = await answer.Content.ReadAsStringAsync();

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(stream ? "data: [DONE]" : "\"finish_reason\":\"stop\"", text, StringComparison.Ordinal);
            Assert.Equal("2", Assert.Single(answer.Headers.GetValues("x-gateway-attempts")));
            Assert.All(rig.Engines, engine => Assert.Single(engine.Requests.Work));
        }
    }

    [Fact]
    public async Task Chat_ReplicaRefusesConnections_IsAnsweredByTheOtherOne()
    {
        await using var rig = await FaultRig.StartAsync(2);
        await rig.Engines[0].StopAsync();
        for (var i = 0; i < 8; i++)
        {
            using var answer = await rig.ChatAsync();
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(8, rig.Engines[1].Requests.Work.Count);
        await rig.Engines[0].ResumeAsync();
    }

    [Fact]
    public async Task Chat_FailsForEver_IsAskedThreeTimesAndToldHonestly()
    {
        await using var rig = await FaultRig.StartAsync(2);
        rig.Always(Replies.Cut(reset: true));
        using var answer = await rig.ChatAsync();

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("upstream_error", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(3, rig.Upstream);
    }

    [Fact]
    public async Task Chat_OverloadedForEver_TellsTheEnginesOwnRetryAfter()
    {
        await using var rig = await FaultRig.StartAsync(1);
        rig.Always(Replies.Header("Retry-After", "60", Replies.Status(429, Overloaded)));
        using var answer = await rig.ChatAsync();

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("60", Assert.Single(answer.Headers.GetValues("Retry-After")));
        Assert.Contains("rate_limit_exceeded", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // A minute is longer than a caller is held.
        Assert.Equal(1, rig.Upstream);
    }

    [Fact]
    public async Task Chat_OverloadedOnceByTheOnlyReplica_IsTriedAgainAfterItsPause()
    {
        await using var rig = await FaultRig.StartAsync(1);
        rig.First(1, Replies.Header("Retry-After", "1", Replies.Status(429, Overloaded)));
        using var answer = await rig.ChatAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(2, rig.Upstream);
    }

    [Fact]
    public async Task Chat_ServerErrorTwice_IsRetriedOnce()
    {
        await using var rig = await FaultRig.StartAsync(3);
        rig.Always(Replies.Status(500, """{"error":{"message":"boom","type":"InternalServerError","param":null,"code":500}}"""));
        using var answer = await rig.ChatAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal(2, rig.Upstream);
    }

    [Theory]
    [InlineData("request_validation", 400)]
    [InlineData("context_length", 400)]
    [InlineData("bad_key", 502)]
    [InlineData("unknown_model", 404)]
    public async Task Chat_CallersOwnMistake_IsNeverRetried(string name, int status)
    {
        await using var rig = await FaultRig.StartAsync(2);
        rig.Always(Replies.Error(name));
        using var answer = await rig.ChatAsync();

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(1, rig.Upstream);
    }

    [Fact]
    public async Task Chat_StreamFailsAfterItsFirstToken_IsNotRetried()
    {
        await using var rig = await FaultRig.StartAsync(2);
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.First(1, async exchange =>
        {
            exchange.Head(200, "text/event-stream");
            await exchange.FlushAsync(Encoding.UTF8.GetBytes(FirstFrame));
            await seen.Task.WaitAsync(exchange.Aborted);
            await exchange.CutAsync(reset: true);
        });
        using var answer = await rig.ChatAsync(stream: true);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var text = await reader.ReadLineAsync();
        seen.SetResult();
        text += await reader.ReadToEndAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("stream_interrupted", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.Equal(1, rig.Upstream);
    }

    [Fact]
    public async Task Chat_BrownOut_IsNotAmplified()
    {
        await using var rig = await FaultRig.StartAsync(2, ("GATEWAY_RETRY_BUDGET_PERCENT", "10"), ("GATEWAY_BREAKER_FAILURES", "1000"));
        rig.Always(Replies.Cut(reset: true));
        const int Requests = 100;
        for (var i = 0; i < Requests; i++)
        {
            using var answer = await rig.ChatAsync();
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        }

        // A tenth of the requests, and the reserve of ten.
        Assert.InRange(rig.Upstream, Requests + 1, Requests + 10 + (Requests / 10));
    }

    private static Reply Fault(string name) => name switch
    {
        "reset" => Replies.Cut(reset: true),
        "page" => Replies.Html,
        "no frame" => Replies.Pieces([], "text/event-stream"),
        "429" => Replies.Status(429, Overloaded),
        _ => Replies.Status(int.Parse(name, System.Globalization.CultureInfo.InvariantCulture), """{"error":{"message":"boom"}}"""),
    };
}
