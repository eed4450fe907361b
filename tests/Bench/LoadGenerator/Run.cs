using System.Diagnostics;
using Gateway.Bench.Contenders;
using Gateway.Bench.Load;

namespace Gateway.Bench;

/// <summary>One run: everybody is started, and in each round everybody is measured, one after the other.</summary>
internal sealed class Run(ContenderList list, Plan plan, string cache) : IDisposable
{
    private const int Connections = 32;
    private const int PacedStreams = 200;
    private const int PacedEvents = 50;

    private readonly Dictionary<string, ContenderProcess> _running = [];
    private readonly HashSet<string> _failed = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private ContenderProcess? _upstream;

    public Results Results { get; } = new();

    public IReadOnlyList<Contender> Contenders { get; private set; } = [];

    /// <summary>Rounds that were run.</summary>
    public int Rounds { get; private set; }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    public async Task ExecuteAsync(IReadOnlyCollection<string> only)
    {
        _upstream = Start(list.Upstream);
        Contenders = [.. list.All().Where(contender => only.Count == 0 || only.Contains(contender.Id)).Select(Try).OfType<Contender>()];
        MeasureStarts();
        foreach (var contender in Contenders)
        {
            await UnlessItFailsAsync(contender, () => WarmUpAsync(contender, [Requests.Json(contender.Target, 1024)]));
            Results.Add(contender.Id, Measures.ResidentIdle, _running[contender.Id].Resident);
        }

        await MeasureRoundsAsync();
        foreach (var contender in Contenders.Where(contender => contender.Streams && plan.IdleStreams > 0 && !_failed.Contains(contender.Id)))
        {
            await MeasureIdleStreamsAsync(contender);
        }

        foreach (var running in _running.Values)
        {
            running.Dispose();
        }

        _running.Clear();
        await MeasureGrownAsync();
    }

    public void Dispose()
    {
        foreach (var running in _running.Values)
        {
            running.Dispose();
        }

        _upstream?.Dispose();
    }

    private ContenderProcess Start(Contender contender) =>
        ContenderProcess.Start(contender, Requests.Json(contender.Target, 256), Path.Combine(cache, $"{contender.Id}.log"));

    // One that does not run on this machine leaves the others alone.
    private Contender? Try(Contender contender)
    {
        try
        {
            using var running = Start(contender);
            if (ContenderProcess.Answers(contender.Target.Port, Requests.Stream(contender.Target, 2, 1)))
            {
                return contender;
            }

            Say($"{contender.Name} relays no streams here. It takes part without them.");
            return contender with { Streams = false };
        }
        catch (InvalidOperationException e)
        {
            Say(e.Message + " It is left out.");
            return null;
        }
    }

    private void MeasureStarts()
    {
        Say("starts");
        for (var i = 0; i < plan.Starts; i++)
        {
            foreach (var contender in Contenders)
            {
                if (_running.Remove(contender.Id, out var before))
                {
                    before.Dispose();
                }

                var running = _running[contender.Id] = Start(contender);
                Results.Add(contender.Id, Measures.FirstAnswer, running.FirstAnswer.TotalMilliseconds);
            }
        }
    }

    private async Task WarmUpAsync(Contender contender, IReadOnlyList<byte[]> requests)
    {
        _ = await Scenarios.ClosedLoopAsync(contender.Target, requests, Connections, plan.WarmUp);
        if (contender.Streams)
        {
            _ = await Scenarios.PacedAsync(contender.Target, PacedStreams, PacedEvents, 10);
        }
    }

    // One that gives a wrong answer under load is not measured any further.
    private async Task UnlessItFailsAsync(Contender contender, Func<Task> measure)
    {
        try
        {
            await measure();
        }
        catch (IOException e)
        {
            _failed.Add(contender.Id);
            Say($"{contender.Name} fails and is left out from here on. {e.Message}");
        }
    }

    private async Task MeasureRoundsAsync()
    {
        // What comes after the rounds takes about a fifth of the time.
        var limit = plan.Limit * 0.8;
        var longest = TimeSpan.Zero;
        while (Rounds < plan.Rounds && Elapsed + longest < limit)
        {
            Say($"round {++Rounds}");
            var began = Elapsed;
            await MeasureDirectAsync();
            await MeasureDirectStreamsAsync();
            foreach (var contender in Contenders.Where(contender => !_failed.Contains(contender.Id)))
            {
                await UnlessItFailsAsync(contender, () => MeasureAsync(contender));
            }

            longest = Elapsed - began > longest ? Elapsed - began : longest;
        }
    }

    private async Task MeasureDirectAsync()
    {
        var target = list.Upstream.Target;
        var times = await Scenarios.OneByOneAsync(target, Requests.Json(target, 1024), plan.OneByOne);
        Results.Add(ContenderList.Direct, Measures.P50, times.Percentile(0.5));
        Results.Add(ContenderList.Direct, Measures.P99, times.Percentile(0.99));
        var first = await Scenarios.FirstEventsAsync(target, plan.OneByOne);
        Results.Add(ContenderList.Direct, Measures.FirstEventP50, first.Percentile(0.5));
        Results.Add(ContenderList.Direct, Measures.FirstEventP99, first.Percentile(0.99));
    }

    private async Task MeasureDirectStreamsAsync()
    {
        var gaps = await Scenarios.PacedAsync(list.Upstream.Target, PacedStreams, PacedEvents, 20);
        Results.Add(ContenderList.Direct, Measures.GapP99, gaps.Percentile(0.99));
    }

    private async Task MeasureAsync(Contender contender)
    {
        var target = contender.Target;
        var process = _running[contender.Id];
        var (requests, cpu) = await WithCpuAsync(process, () => Scenarios.ClosedLoopAsync(target, [Requests.Json(target, 1024)], Connections, plan.Loop));
        Results.Add(contender.Id, Measures.CpuPerRequest, cpu / requests.Count);
        Results.Add(contender.Id, Measures.RequestsPerSecond, requests.Count / plan.Loop.TotalSeconds);
        await MeasureOneByOneAsync(contender);
        if (contender.Streams)
        {
            await MeasureStreamsAsync(contender, process);
        }

        if (plan.Bodies > TimeSpan.Zero)
        {
            await MeasureBodyAsync(contender, Measures.CpuPer64Kb, 64 * 1024, 8);
            await MeasureBodyAsync(contender, Measures.CpuPer4Mb, 4 * 1024 * 1024, 2);
        }

        Results.Add(contender.Id, Measures.ResidentLoaded, process.Resident);
    }

    private async Task MeasureStreamsAsync(Contender contender, ContenderProcess process)
    {
        var target = contender.Target;
        var first = await Scenarios.FirstEventsAsync(target, plan.OneByOne);
        AddWithDirect(contender, Measures.FirstEventP50, Measures.AddedFirstEventP50, first.Percentile(0.5));
        AddWithDirect(contender, Measures.FirstEventP99, Measures.AddedFirstEventP99, first.Percentile(0.99));

        var (gaps, paced) = await WithCpuAsync(process, () => Scenarios.PacedAsync(target, PacedStreams, PacedEvents, 20));
        Results.Add(contender.Id, Measures.CpuPerPacedEvent, paced / (PacedStreams * PacedEvents));
        AddWithDirect(contender, Measures.GapP99, Measures.AddedGapP99, gaps.Percentile(0.99));
        if (plan.Bodies > TimeSpan.Zero)
        {
            var (events, unpaced) = await WithCpuAsync(process, () => Scenarios.UnpacedAsync(target, 16, 200, plan.Bodies));
            Results.Add(contender.Id, Measures.CpuPerUnpacedEvent, unpaced / events);
            Results.Add(contender.Id, Measures.UnpacedEventsPerSecond, events / plan.Bodies.TotalSeconds);
        }
    }

    private async Task MeasureOneByOneAsync(Contender contender)
    {
        var times = await Scenarios.OneByOneAsync(contender.Target, Requests.Json(contender.Target, 1024), plan.OneByOne);
        AddWithDirect(contender, Measures.P50, Measures.AddedP50, times.Percentile(0.5));
        AddWithDirect(contender, Measures.P99, Measures.AddedP99, times.Percentile(0.99));
    }

    private void AddWithDirect(Contender contender, string measure, string added, double value)
    {
        Results.Add(contender.Id, measure, value);
        Results.Add(contender.Id, added, value - Results.Latest(ContenderList.Direct, measure));
    }

    private async Task MeasureBodyAsync(Contender contender, string measure, int bytes, int connections)
    {
        var request = Requests.Json(contender.Target, bytes);
        var (requests, cpu) = await WithCpuAsync(_running[contender.Id], () => Scenarios.ClosedLoopAsync(contender.Target, [request], connections, plan.Bodies));
        Results.Add(contender.Id, measure, cpu / requests.Count);
    }

    private async Task MeasureIdleStreamsAsync(Contender contender)
    {
        Say($"{plan.IdleStreams} idle streams through {contender.Name}");
        // A fresh process: what earlier loads left behind would hide what a stream holds.
        _running[contender.Id].Dispose();
        var process = _running[contender.Id] = Start(contender);
        var before = process.Resident;
        var open = await Scenarios.OpenIdleAsync(contender.Target, plan.IdleStreams);
        await Task.Delay(TimeSpan.FromSeconds(1));
        Results.Add(contender.Id, Measures.ResidentPerStream, (double)(process.Resident - before) / plan.IdleStreams);
        open.ForEach(connection => connection.Dispose());
        process.Dispose();
        _running.Remove(contender.Id);
    }

    private async Task MeasureGrownAsync()
    {
        if (plan.Grown.Count == 0)
        {
            return;
        }

        Contender[] grown = [list.GatewayOf(new Sizes(1, 1, 1)), .. plan.Grown.Select(list.GatewayOf)];
        Sizes[] sizes = [new(1, 1, 1), .. plan.Grown];
        var requests = grown.Select((contender, i) => Mixed(contender, sizes[i])).ToArray();
        for (var i = 0; i < grown.Length; i++)
        {
            grown[i] = grown[i] with { Id = sizes[i].ToString() };
            _running[grown[i].Id] = Start(grown[i]);
            await WarmUpAsync(grown[i], requests[i]);
        }

        for (var round = 0; round < Math.Min(3, plan.Rounds) && Elapsed < plan.Limit; round++)
        {
            Say($"models, keys, replicas: round {round + 1}");
            for (var i = 0; i < grown.Length; i++)
            {
                var contender = grown[i];
                var (done, cpu) = await WithCpuAsync(_running[contender.Id], () => Scenarios.ClosedLoopAsync(contender.Target, requests[Array.IndexOf(grown, contender)], Connections, plan.Loop));
                Results.Add(contender.Id, Measures.CpuPerRequest, cpu / done.Count);
            }
        }
    }

    private static byte[][] Mixed(Contender contender, Sizes sizes) =>
        [.. Enumerable.Range(0, 64).Select(i => Requests.Json(contender.Target, 1024, 1 + (i * (sizes.Models - 1) / 63), 1 + (i * (sizes.Keys - 1) / 63)))];

    private static async Task<(T Result, double CpuMicroseconds)> WithCpuAsync<T>(ContenderProcess process, Func<Task<T>> load)
    {
        var before = process.CpuTime;
        var result = await load();
        return (result, (process.CpuTime - before).TotalMicroseconds);
    }

    private void Say(string what) => Console.Error.WriteLine(FormattableString.Invariant($"bench: {Elapsed.TotalSeconds,4:0} s  {what}"));
}
