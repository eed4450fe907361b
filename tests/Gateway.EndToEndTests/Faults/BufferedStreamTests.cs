using System.Net;
using System.Text;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Faults;

/// <summary>Streams that are held back until they are whole: one that breaks half way is tried again, and its caller sees nothing of it.</summary>
public sealed class BufferedStreamTests
{
    private static readonly (string, string)[] Buffered = [("GATEWAY_RESUME", "buffer"), ("GATEWAY_IDLE_TIMEOUT_SECONDS", "0.3")];

    [Theory]
    [InlineData("cut 3 reset")]
    [InlineData("cut 3 end")]
    [InlineData("end 3")]
    [InlineData("stall 3")]
    public async Task Stream_BreaksHalfWay_IsAnsweredWholeByTheOtherReplica(string fault)
    {
        await using var rig = await FaultRig.StartAsync(2, Buffered);
        rig.First(1, Scenario.Parse(fault));
        using var answer = await rig.ChatAsync(stream: true);
        var (body, cut) = await Answers.ReadToEndAsync(answer);

        Assert.False(cut);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("2", Assert.Single(answer.Headers.GetValues("x-gateway-attempts")));
        Assert.EndsWith("data: [DONE]\n\n", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.DoesNotContain("error", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.Equal(2, rig.Upstream);
    }

    [Fact]
    public async Task Stream_BreaksEverywhere_IsAnOrdinaryError()
    {
        await using var rig = await FaultRig.StartAsync(2, Buffered);
        rig.Always(Replies.EndAfterFrames(3));
        using var answer = await rig.ChatAsync(stream: true);

        await Answers.AssertGatewayErrorAsync(answer, 502, "upstream_error");
        Assert.Equal(3, rig.Upstream);
    }

    [Fact]
    public async Task Stream_TakesLong_KeepsTheConnectionAliveAndMayStillBeTriedAgain()
    {
        await using var rig = await FaultRig.StartAsync(2, ("GATEWAY_RESUME", "buffer"), ("GATEWAY_IDLE_TIMEOUT_SECONDS", "1"), ("GATEWAY_HOLD_COMMENT_SECONDS", "0.1"));
        rig.First(1, Replies.StallAfterFrames(3));
        using var answer = await rig.ChatAsync(stream: true);
        var (body, cut) = await Answers.ReadToEndAsync(answer);
        var text = Encoding.UTF8.GetString(body);

        Assert.False(cut);
        Assert.StartsWith(": waiting for the whole answer\n\n", text, StringComparison.Ordinal);
        Assert.Single(text.Split("\"finish_reason\":\"stop\"")[1..]);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Equal(2, rig.Upstream);
    }
}
