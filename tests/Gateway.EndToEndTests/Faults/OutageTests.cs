using System.Net;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Faults;

/// <summary>A backend is out of order for a while and its fallback is well: no caller sees anything of it, and the backend is soon left alone.</summary>
public sealed class OutageTests
{
    private const int Before = 30;
    private const int During = 40;

    /// <summary>Twice the failures after which a breaker opens: so many in a row are enough whatever came before.</summary>
    private const int InARow = 10;

    // The scorecard has the same with one replica.
    public static TheoryData<string> Cases => [.. Outages.All];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Outage_OfBothReplicas_IsSeenByNoCaller(string outage)
    {
        // Only what the breaker lets through before it opens: it lets nothing through afterwards.
        await using var rig = await FaultRig.StartWithSpareAsync(2, settings: [.. Outages.Deadlines, ("GATEWAY_BREAKER_SECONDS", "3600")]);
        Assert.Equal(0, await FailuresAsync(rig, Before));
        await BeginAsync(rig, outage);

        Assert.Equal(0, await FailuresAsync(rig, During));

        Assert.InRange(rig.Mains.Sum(main => main.Requests.Work.Count), 0, 2 * InARow);
        if (outage == Outages.Refused)
        {
            await EndAsync(rig, outage);
        }
    }

    [Theory]
    [InlineData("503")]
    [InlineData("429")]
    [InlineData("429 with Retry-After: 2")]
    [InlineData("silence")]
    [InlineData("no JSON")]
    [InlineData(Outages.Refused)]
    public async Task Outage_IsOver_TheBackendAnswersAgain(string outage)
    {
        await using var rig = await FaultRig.StartWithSpareAsync(1, settings: [.. Outages.Deadlines, ("GATEWAY_BREAKER_SECONDS", "0.5")]);
        await BeginAsync(rig, outage);
        Assert.Equal(0, await FailuresAsync(rig, During));
        await EndAsync(rig, outage);

        await Wait.UntilAsync(async () => await FailuresAsync(rig, 1) == 0 && rig.Mains[0].Requests.Work.Count > 0, "the backend to answer again");
    }

    // The spare has its own words for what a caller did wrong, and nobody is left alone for it.
    [Theory]
    [InlineData("request_validation")]
    [InlineData("unknown_model")]
    public async Task Callers_MakeMistakes_TheBackendIsNotLeftAlone(string mistake)
    {
        await using var rig = await FaultRig.StartWithSpareAsync(1);
        rig.Mains[0].Script.Always(Replies.Error(mistake));
        for (var i = 0; i < During; i++)
        {
            using var refused = await rig.ChatAsync(stream: i % 2 == 0);
            Assert.InRange((int)refused.StatusCode, 400, 499);
        }

        Assert.Equal(During, rig.Mains[0].Requests.Work.Count);
        Assert.Empty(rig.Spare.Requests.Work);
    }

    [Fact]
    public async Task Callers_LeaveBeforeAnAnswer_TheBackendIsNotLeftAlone()
    {
        await using var rig = await FaultRig.StartWithSpareAsync(1);
        rig.Mains[0].Script.Always(Replies.StallBeforeHeaders);
        for (var i = 1; i <= InARow + 2; i++)
        {
            using var leaves = new CancellationTokenSource();
            var asked = rig.Gateway.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(rig.Mains[0].Model)), leaves.Token);
            await Wait.UntilAsync(() => rig.Mains[0].Requests.Work.Count == i, "the engine to be asked");
            await leaves.CancelAsync();
            await asked.ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        rig.Mains[0].Script.Clear();
        Assert.Equal(0, await FailuresAsync(rig, 1));
        Assert.Empty(rig.Spare.Requests.Work);
    }

    private static async Task BeginAsync(FaultRig rig, string outage)
    {
        foreach (var main in rig.Mains)
        {
            main.Requests.Clear();
            if (outage == Outages.Refused)
            {
                await main.StopAsync();
            }
            else
            {
                main.Script.Always(Outages.Replies[outage]);
            }
        }
    }

    private static async Task EndAsync(FaultRig rig, string outage)
    {
        foreach (var main in rig.Mains)
        {
            main.Script.Clear();
            main.Requests.Clear();
            if (outage == Outages.Refused)
            {
                await main.ResumeAsync();
            }
        }
    }

    private static async Task<int> FailuresAsync(FaultRig rig, int times)
    {
        var failures = 0;
        for (var i = 0; i < times; i++)
        {
            using var answer = await rig.ChatAsync(stream: i % 2 == 0);
            var text = await answer.Content.ReadAsStringAsync();
            failures += answer.StatusCode == HttpStatusCode.OK && text.Contains("\"finish_reason\":\"", StringComparison.Ordinal) ? 0 : 1;
        }

        return failures;
    }
}
