using System.Net;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Faults;

/// <summary>Each deadline, before and after the headers, streamed or not: it ends the wait and is named in the error.</summary>
public sealed class DeadlineTests
{
    private const string Long = "25";

    [Theory]
    [InlineData("GATEWAY_HEADERS_TIMEOUT_SECONDS", false)]
    [InlineData("GATEWAY_HEADERS_TIMEOUT_SECONDS", true)]
    [InlineData("GATEWAY_TOTAL_TIMEOUT_SECONDS", false)]
    [InlineData("GATEWAY_TOTAL_TIMEOUT_SECONDS", true)]
    public async Task Chat_NoHeaders_Is504(string setting, bool stream)
    {
        await using var rig = await FaultRig.StartAsync(1, (setting, "0.4"));
        rig.Always(Replies.StallBeforeHeaders);
        using var answer = await rig.ChatAsync(stream);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains(setting, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, rig.Upstream);
    }

    [Fact]
    public async Task Chat_StreamWithoutItsFirstEvent_Is504FirstToken()
    {
        await using var rig = await FaultRig.StartAsync(1, ("GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS", "0.4"), ("GATEWAY_IDLE_TIMEOUT_SECONDS", Long));
        rig.Always(Replies.StallAfterHeaders);
        using var answer = await rig.ChatAsync(stream: true);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("first_token_timeout", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_BodyStallsAfterHeaders_Is504Idle()
    {
        await using var rig = await FaultRig.StartAsync(1, ("GATEWAY_IDLE_TIMEOUT_SECONDS", "0.4"));
        rig.Always(Replies.StallAfterHeaders);
        using var answer = await rig.ChatAsync();

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("GATEWAY_IDLE_TIMEOUT_SECONDS", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GATEWAY_IDLE_TIMEOUT_SECONDS")]
    [InlineData("GATEWAY_TOTAL_TIMEOUT_SECONDS")]
    public async Task Chat_StreamStallsInTheMiddle_EndsWithOneErrorEventThatNamesTheDeadline(string setting)
    {
        await using var rig = await FaultRig.StartAsync(1, (setting, "0.5"));
        rig.Always(Replies.StallAfterFrames(3));
        using var answer = await rig.ChatAsync(stream: true);
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("stream_interrupted", text, StringComparison.Ordinal);
        Assert.Contains(setting, text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_SilentReplica_IsNotWaitedForTwice()
    {
        await using var rig = await FaultRig.StartAsync(2, ("GATEWAY_HEADERS_TIMEOUT_SECONDS", "0.4"));
        rig.First(1, Replies.StallBeforeHeaders);
        using var answer = await rig.ChatAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All(rig.Engines, engine => Assert.Single(engine.Requests.Work));
    }
}
