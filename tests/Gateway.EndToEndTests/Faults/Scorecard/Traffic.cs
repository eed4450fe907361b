using Gateway.EndToEndTests.Reload;
using Gateway.Fakes;
using Gateway.Proxy.Health;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>Faults that show only in traffic: outages, slow replicas, full queues, restarts, new settings.</summary>
internal static class Traffic
{
    private const string AllWhole = "every request 200 complete";

    public static IEnumerable<FaultCase> All { get; } =
    [
        new("All replicas down", new FaultSight("503 engine_unavailable from the gateway, Retry-After 2", "0"), AllDownAsync),
        new("An outage under steady traffic, with a fallback", new FaultSight(AllWhole, "fallback during the outage; back with the first successful probe"), OutageAsync),
        new("An engine that fails while its health page reports ready", new FaultSight(AllWhole, "few attempts at it; back within one pause of the circuit breaker"), BrownOutAsync),
        new("A slow replica", new FaultSight(AllWhole, "less than a quarter of them"), SlowReplicaAsync),
        new("More requests than the limit and the queue allow", new FaultSight("503 overloaded from the gateway, Retry-After 1", "1"), OverfullAsync),
        new("A queued client leaves", new FaultSight("nothing: it has disconnected; its turn is free immediately", "1"), QueuedLeavesAsync),
        new("Shutdown with a stream that outlives the drain time", new FaultSight("200 started, then one error event stream_interrupted, clean end, attempts 1", "1"), ShutdownAsync),
        new("Shutdown with a client in the queue", new FaultSight("503 engine_unavailable from the gateway, Retry-After 2", "1"), ShutdownWithQueueAsync),
        new("Rolling restart of two gateways behind a balancer", new FaultSight(AllWhole, "once for each request"), RollingRestartAsync),
        new("Settings reloaded 50 times under load", new FaultSight(AllWhole, "once for each request"), async () =>
        {
            await new ReloadLoadTests().Reload_FiftyTimesUnderLoad_LosesNothingAndLeavesNothingBehind();
            return new FaultSight(AllWhole, "once for each request");
        }),
    ];

    private static async Task<FaultSight> AllDownAsync()
    {
        await using var rig = await FaultRig.StartAsync(2);
        foreach (var engine in rig.Engines)
        {
            await engine.StopAsync();
        }

        // Whoever comes first meets refused connections; the next one is told at once.
        using var first = await rig.ChatAsync();
        await rig.Gateway.WaitForStateAsync("unreachable");
        var sight = await Trial.ChatAsync(rig, stream: false);
        foreach (var engine in rig.Engines)
        {
            await engine.ResumeAsync();
        }

        return sight;
    }

    private static async Task<FaultSight> OutageAsync()
    {
        await using var rig = await FaultRig.StartWithSpareAsync();
        var (main, spare) = (rig.Engines[0], rig.Engines[1]);
        await using var load = new SteadyLoad(rig.Gateway.Client, main.Model);
        await load.PassAsync(20);
        await main.StopAsync();
        await load.PassAsync(60);
        var during = spare.Requests.Work.Count;
        main.Requests.Clear();
        await main.ResumeAsync();
        await Wait.UntilAsync(() => main.Requests.Work.Count > 0, "traffic to be back on the primary");
        var probes = main.Requests.All.TakeWhile(request => request.IsProbe).Count(request => request.Path == main.Profile.Health.Path);
        await load.PassAsync(20);
        var caller = await load.EndAsync();
        await Leftovers.NoneAsync(rig);
        return new FaultSight(caller, during >= 40 && probes <= 2 ? "fallback during the outage; back with the first successful probe" : $"fallback {during}, probes {probes}");
    }

    private static async Task<FaultSight> BrownOutAsync()
    {
        await using var rig = await FaultRig.StartWithSpareAsync(settings: [("GATEWAY_BREAKER_FAILURES", "3"), ("GATEWAY_BREAKER_SECONDS", "0.5")]);
        var main = rig.Engines[0];
        main.Script.Always(Replies.Cut(reset: true));
        await using var load = new SteadyLoad(rig.Gateway.Client, main.Model);
        await load.PassAsync(100);
        var (asked, all) = (main.Requests.Work.Count, rig.Upstream);
        main.Script.Clear();
        await Wait.UntilAsync(() => main.Requests.Work.Count > asked + 10, "traffic to be back on the primary");
        var caller = await load.EndAsync();
        await Leftovers.NoneAsync(rig);
        return new FaultSight(caller, asked < all / 3 ? "few attempts at it; back within one pause of the circuit breaker" : $"{asked} of {all}");
    }

    private static async Task<FaultSight> SlowReplicaAsync()
    {
        await using var rig = await FaultRig.StartAsync(2);
        rig.Engines[0].Script.Always(Replies.Slow(TimeSpan.FromMilliseconds(150)));
        await using var load = new SteadyLoad(rig.Gateway.Client, rig.Engines[0].Model, callers: 1);
        await load.PassAsync(80);
        var caller = await load.EndAsync();
        await Leftovers.NoneAsync(rig);
        var (slow, all) = (rig.Engines[0].Requests.Work.Count, rig.Upstream);
        return new FaultSight(caller, slow < all / 4 ? "less than a quarter of them" : $"{slow} of {all}");
    }

    private static async Task<FaultSight> OverfullAsync()
    {
        await using var rig = await FaultRig.StartAsync(1, ("GATEWAY_MAX_CONCURRENCY", "1"));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.First(1, Replies.After(gate.Task));
        var running = rig.ChatAsync();
        await Wait.UntilAsync(() => rig.Upstream == 1, "the first to run");
        using var refused = await rig.ChatAsync();
        var caller = await CallerView.OfAsync(refused);
        gate.SetResult();
        using var first = await running;
        await Leftovers.NoneAsync(rig);
        return new FaultSight(caller, $"{rig.Upstream}");
    }

    private static async Task<FaultSight> QueuedLeavesAsync()
    {
        await using var rig = await FaultRig.StartAsync(1, ("GATEWAY_MAX_CONCURRENCY", "1"), ("GATEWAY_MAX_QUEUE", "1"));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.First(1, Replies.After(gate.Task));
        var running = rig.ChatAsync();
        await Wait.UntilAsync(() => rig.Upstream == 1, "the first to run");
        using var leaves = new CancellationTokenSource();
        var queued = rig.Gateway.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(rig.Engines[0].Model)), leaves.Token);
        await QueueAsync(rig, 1);
        await leaves.CancelAsync();
        await queued.ContinueWith(_ => { }, TaskScheduler.Default);
        await QueueAsync(rig, 0);
        gate.SetResult();
        using var first = await running;
        await Leftovers.NoneAsync(rig);
        return new FaultSight("nothing: it has disconnected; its turn is free immediately", $"{rig.Upstream}");
    }

    private static Task QueueAsync(FaultRig rig, double depth) => Wait.UntilAsync(
        async () => (await MetricsTests.ScrapeAsync(rig.Gateway.Anonymous)).Single(pair => pair.Key.StartsWith("gateway_queue_depth", StringComparison.Ordinal)).Value == depth, $"a queue of {depth}");

    private static async Task<FaultSight> ShutdownAsync()
    {
        await using var rig = await FaultRig.StartAsync(1);
        rig.Always(Replies.StallAfterFrames(3));
        using var answer = await rig.ChatAsync(stream: true);
        var lifecycle = rig.Gateway.Services.GetRequiredService<Lifecycle>();
        lifecycle.BeginDrain();
        lifecycle.End();
        return await Trial.SightAsync(rig, answer);
    }

    private static async Task<FaultSight> ShutdownWithQueueAsync()
    {
        await using var rig = await FaultRig.StartAsync(1, ("GATEWAY_MAX_CONCURRENCY", "1"), ("GATEWAY_MAX_QUEUE", "1"), ("GATEWAY_QUEUE_TIMEOUT_SECONDS", "60"));
        rig.Always(Replies.StallAfterFrames(3));
        using var running = await rig.ChatAsync(stream: true);
        var queued = rig.ChatAsync();
        await QueueAsync(rig, 1);
        var lifecycle = rig.Gateway.Services.GetRequiredService<Lifecycle>();
        lifecycle.BeginDrain();
        lifecycle.End();
        using var answer = await queued;
        return await Trial.SightAsync(rig, answer);
    }

    private static async Task<FaultSight> RollingRestartAsync()
    {
        await using var engine = await FakeEngine.StartAsync("vllm");
        engine.Script.Always(Replies.Slow(TimeSpan.FromMilliseconds(100)));
        var settings = new Dictionary<string, string> { ["BACKEND_KIND"] = "vllm", ["BACKEND_BASE_URL"] = engine.BaseUrl.ToString(), ["GATEWAY_RETRIES"] = "0", ["GATEWAY_DRAIN_SECONDS"] = "10" };
        using var one = await GatewayProcess.StartAsync(settings);
        using var other = await GatewayProcess.StartAsync(settings);
        await using var balancer = await Balancer.StartAsync(one, other);
        using var client = new HttpClient { BaseAddress = balancer.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", RunningGateway.ClientKey);
        await using var load = new SteadyLoad(client, engine.Model);
        await load.PassAsync(20);
        await one.RestartAsync();
        await load.PassAsync(20);
        await other.RestartAsync();
        await load.PassAsync(20);
        var caller = await load.EndAsync();
        return new FaultSight(caller, engine.Requests.Work.Count == load.Ended ? "once for each request" : $"{engine.Requests.Work.Count} for {load.Ended} requests");
    }
}
