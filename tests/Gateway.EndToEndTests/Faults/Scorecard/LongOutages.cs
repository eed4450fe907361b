using Gateway.Fakes;

namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>A backend that is out of order for as long as it is asked, in every way that there is, before a fallback that is well.</summary>
internal static class LongOutages
{
    private const int Before = 20;
    private const int During = 30;

    /// <summary>Twice the failures after which a breaker opens.</summary>
    private const int Most = 10;

    private static readonly FaultSight Unseen = new("every request 200 complete", $"at most {Most} at the backend");

    public static IEnumerable<FaultCase> All { get; } =
    [
        .. Outages.All.Select(static outage => new FaultCase($"An outage: {outage}", Unseen, () => OutageAsync(outage))),
        new("An engine refuses connections and leaves running requests without an answer, plain", new FaultSight("200 complete, attempts 2, backend spare", "1 + 1"), () => GoneAsync(stream: false)),
        new("An engine refuses connections and leaves running requests without an answer, streamed", new FaultSight("200 complete, attempts 2, backend spare", "1 + 1"), () => GoneAsync(stream: true)),
    ];

    private static async Task<FaultSight> OutageAsync(string outage)
    {
        await using var rig = await FaultRig.StartWithSpareAsync(settings: [.. Outages.Deadlines, ("GATEWAY_BREAKER_SECONDS", "3600")]);
        var main = rig.Mains[0];
        var seen = await SeveralAsync(rig, Before);
        main.Requests.Clear();
        if (outage == Outages.Refused)
        {
            await main.StopAsync();
        }
        else
        {
            main.Script.Always(Outages.Replies[outage]);
        }

        seen.AddRange(await SeveralAsync(rig, During));
        await Leftovers.NoneAsync(rig);
        if (outage == Outages.Refused)
        {
            await main.ResumeAsync();
        }

        var asked = main.Requests.Work.Count;
        var others = seen.Where(static one => one != "200 complete").ToList();
        return new FaultSight(others.Count == 0 ? Unseen.Caller : $"{others.Count} × {others[0]}", asked <= Most ? Unseen.Upstream : $"{asked} at the backend");
    }

    private static async Task<List<string>> SeveralAsync(FaultRig rig, int times)
    {
        var seen = new List<string>();
        for (var i = 0; i < times; i++)
        {
            using var answer = await rig.ChatAsync(stream: i % 2 == 0);
            seen.Add((await CallerView.OfAsync(answer)).Split(',')[0]);
        }

        return seen;
    }

    private static async Task<FaultSight> GoneAsync(bool stream)
    {
        await using var main = RawEngine.Start("vllm");
        await using var spare = await FakeEngine.StartAsync(new FakeEngineOptions { Dialect = "vllm", Model = FaultRig.SpareModel });
        using var folder = new TemporaryFolder();
        await using var gateway = await GoneEngineTests.StartAsync(folder, main, spare);
        main.Answer = static _ => new RawAnswer([], RawEnd.Hang);
        var asked = GoneEngineTests.AskAsync(gateway, main, stream);
        await Wait.UntilAsync(() => main.Requests.Work.Count == 1, "the engine to be asked");
        main.StopListening();
        using var answer = await asked;
        var caller = $"{await CallerView.OfAsync(answer)}, backend {CallerView.Header(answer, "x-gateway-backend")}";
        await Leftovers.NoneAsync(gateway, [spare]);
        return new FaultSight(caller, $"{main.Requests.Work.Count} + {spare.Requests.Work.Count}");
    }
}
