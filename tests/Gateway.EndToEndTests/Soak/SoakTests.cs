using System.Collections.Concurrent;
using System.Globalization;
using Gateway.EndToEndTests.Faults;
using Gateway.EndToEndTests.Faults.Scorecard;
using Xunit;

namespace Gateway.EndToEndTests.Soak;

/// <summary>
/// Many requests with faults by chance: each comes to exactly the one end that is honest, the gateway's counts are those of
/// callers and engines, and nothing is left behind. A short run here; <c>make soak</c> makes it long. It runs alone, because
/// memory is the whole process's.
/// </summary>
[Collection(nameof(Alone))]
public sealed class SoakTests
{
    private const string RequestsVariable = "GATEWAY_SOAK_REQUESTS";
    private const string ReportVariable = "GATEWAY_SOAK_REPORT";
    private const int Callers = 48;
    private const int Slice = 1000;

    /// <summary>Memory that may be kept: the runtime's pools grow with the first thousands of requests, and then no more.</summary>
    private const long Slack = 24 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, int> _wrong = [];
    private readonly ConcurrentDictionary<string, int> _seen = [];
    private long _told;
    private int _unretried;

    [Fact]
    public async Task Requests_WithFaultsByChance_ComeToOneHonestEndEach()
    {
        var requests = int.Parse(Environment.GetEnvironmentVariable(RequestsVariable) is { Length: > 0 } given ? given : "2000", CultureInfo.InvariantCulture);
        await using var rig = await FaultRig.StartAsync(2, ("GATEWAY_IDLE_TIMEOUT_SECONDS", "0.5"), ("GATEWAY_RETRY_BUDGET_PERCENT", "100"), ("GATEWAY_BREAKER_FAILURES", "1000"));
        var engines = new SoakEngines(rig);
        var started = TimeProvider.System.GetTimestamp();
        var (before, handles) = (0L, 0);
        for (var first = 0; first < requests; first += Slice)
        {
            await RunAsync(rig, engines, first, Math.Min(Slice, requests - first));
            rig.Engines.ToList().ForEach(static engine => engine.Requests.Clear());
            rig.Gateway.Log.Clear();
            if (first == 0)
            {
                (before, handles) = (Memory(), Handles());
            }
        }

        await Leftovers.NoneAsync(rig);
        var (after, handlesAfter) = (Memory(), Handles());
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        var counted = await CountedAsync(rig, requests);
        await ReportAsync(FormattableString.Invariant(
            $"{requests} requests in {elapsed.TotalSeconds:0} s ({requests / elapsed.TotalSeconds:0}/s), {_wrong.Values.Sum()} with a wrong end, {_unretried} with their failure because the retry budget was used up or nothing was committed; engines asked {engines.Asked} times, as callers were told {_told} times; counted by the gateway: {counted.Requests} requests, {counted.Retries} retries; managed memory {before / 1048576.0:0.0} MiB after the first {Slice}, {after / 1048576.0:0.0} MiB at the end; open handles {handles}, then {handlesAfter}"));
        foreach (var (wrong, count) in _wrong)
        {
            await ReportAsync(FormattableString.Invariant($"wrong, {count} times: {wrong}"));
        }


        Assert.Empty(_wrong);
        Assert.InRange(_unretried, 0, requests / 20);
        Assert.Equal(requests, _seen.Values.Sum());
        Assert.Equal(_told, engines.Asked);
        Assert.Equal((requests, engines.Asked - requests), counted);
        Assert.InRange(after, 0, before + Slack);
        Assert.InRange(handlesAfter, 0, handles + (2 * Callers));
    }

    private async Task RunAsync(FaultRig rig, SoakEngines engines, int first, int count)
    {
        var next = first - 1;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (var number = Interlocked.Increment(ref next); number < first + count; number = Interlocked.Increment(ref next))
            {
                await AskAsync(rig, engines, KindOf(number), number);
            }
        }));
    }

    private async Task AskAsync(FaultRig rig, SoakEngines engines, SoakKind kind, int number)
    {
        var id = $"soak-{number}~{kind.Name}";
        string seen;
        try
        {
            seen = kind.Leaves ? await LeaveAsync(rig, engines, kind, id) : await ReadAsync(rig, kind, id);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or OperationCanceledException)
        {
            seen = e.Message;
        }

        var attempts = engines.Forget(id);
        _seen.AddOrUpdate(kind.Name, 1, static (_, count) => count + 1);
        Interlocked.Add(ref _told, attempts);
        Interlocked.Add(ref _unretried, seen == kind.Expected ? 0 : 1);
        if (!kind.IsHonest(seen, attempts))
        {
            _wrong.AddOrUpdate($"{kind.Name}: {seen}, engines asked {attempts} times", 1, static (_, count) => count + 1);
        }
    }

    private static async Task<string> ReadAsync(FaultRig rig, SoakKind kind, string id)
    {
        using var request = Request(rig, kind, id);
        using var answer = await rig.Gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return await CallerView.OfAsync(answer);
    }

    private static async Task<string> LeaveAsync(FaultRig rig, SoakEngines engines, SoakKind kind, string id)
    {
        using var leaves = new CancellationTokenSource();
        var begun = engines.Begun(id);
        using var request = Request(rig, kind, id);
        var chat = rig.Gateway.Client.SendAsync(request, HttpCompletionOption.ResponseContentRead, leaves.Token);
        await begun.WaitAsync(Wait.Deadline);
        await leaves.CancelAsync();
        try
        {
            using var answer = await chat;
            return $"answered {(int)answer.StatusCode}";
        }
        catch (OperationCanceledException)
        {
            return SoakKind.Left;
        }
    }

    private static HttpRequestMessage Request(FaultRig rig, SoakKind kind, string id) =>
        SampleRequest.WithId(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(rig.Engines[0].Model, kind.Stream)), id);

    // The same mix in every run: by the request's number, well stirred.
    private static SoakKind KindOf(int number)
    {
        var place = (int)((uint)number * 2654435761u % 100u);
        foreach (var kind in SoakKind.All)
        {
            place -= kind.Share;
            if (place < 0)
            {
                return kind;
            }
        }

        return SoakKind.All[0];
    }

    // A request is recorded when its answer has been sent, so the last ones may come a little later.
    private static async Task<(int Requests, long Retries)> CountedAsync(FaultRig rig, int requests)
    {
        Dictionary<string, double> metrics = [];
        await Wait.UntilAsync(async () => Sum(metrics = await MetricsTests.ScrapeAsync(rig.Gateway.Anonymous), "gateway_requests_total{endpoint=\"/v1/chat/completions\"") >= requests, "every request to be counted");
        return ((int)Sum(metrics, "gateway_requests_total{endpoint=\"/v1/chat/completions\""), (long)Sum(metrics, "gateway_retries_total"));
    }

    private static double Sum(Dictionary<string, double> metrics, string name) =>
        metrics.Where(pair => pair.Key.StartsWith(name, StringComparison.Ordinal)).Sum(pair => pair.Value);

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    // Where the system shows them: sockets above all.
    private static int Handles() => Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : 0;

    private static Task ReportAsync(string figures) =>
        Environment.GetEnvironmentVariable(ReportVariable) is { Length: > 0 } file ? File.AppendAllTextAsync(file, figures + "\n") : Task.CompletedTask;
}
