using System.Net;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Faults;

/// <summary>A replica that fails often is left alone while another can answer, and gets its share again once it is well.</summary>
public sealed class BreakerTests
{
    [Fact]
    public async Task Chat_OneReplicaFailsOften_IsLeftAloneAndComesBack()
    {
        await using var rig = await FaultRig.StartAsync(2, ("GATEWAY_BREAKER_FAILURES", "2"), ("GATEWAY_BREAKER_SECONDS", "1"));
        var ill = rig.Engines[0];
        ill.Script.Always(Replies.Cut(reset: true));
        await AskAsync(rig, 40);
        var asked = ill.Requests.Work.Count;

        // Without a breaker it would have had about half of them.
        Assert.InRange(asked, 2, 10);

        ill.Script.Clear();
        await Wait.UntilAsync(
            async () =>
            {
                await AskAsync(rig, 4);
                return ill.Requests.Work.Count > asked + 4;
            },
            "the replica to get its share again");
    }

    [Fact]
    public async Task Chat_TheOnlyReplicaFailsOften_IsStillAsked()
    {
        await using var rig = await FaultRig.StartAsync(1, ("GATEWAY_BREAKER_FAILURES", "2"), ("GATEWAY_BREAKER_SECONDS", "60"), ("GATEWAY_RETRIES", "0"));
        rig.First(10, Replies.Cut(reset: true));
        for (var i = 0; i < 10; i++)
        {
            using var failure = await rig.ChatAsync();
            Assert.Equal(HttpStatusCode.BadGateway, failure.StatusCode);
        }

        using var answer = await rig.ChatAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task AskAsync(FaultRig rig, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var answer = await rig.ChatAsync();
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }
}
