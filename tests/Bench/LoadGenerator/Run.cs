using Gateway.Bench.Contenders;
using Gateway.Bench.Load;

namespace Gateway.Bench;

/// <summary>One run: everybody is started, and in each round everybody is measured, one after the other.</summary>
internal sealed class Run(Session session)
{
    private readonly HashSet<string> _failed = [];

    public IReadOnlyList<Contender> Contenders { get; private set; } = [];

    /// <summary>Rounds that were run.</summary>
    public int Rounds { get; private set; }

    private Plan Plan => session.Plan;

    private Results Results => session.Results;

    public async Task ExecuteAsync(IReadOnlyCollection<string> only)
    {
        session.Start(session.List.Upstream);
        Contenders = [.. session.List.All().Where(contender => only.Count == 0 || only.Contains(contender.Id)).Select(Try).OfType<Contender>()];
        MeasureStarts();
        foreach (var contender in Contenders)
        {
            await UnlessItFailsAsync(contender, () => session.WarmUpAsync(contender, [Requests.Json(contender.Target, 1024)]));
            Results.Add(contender.Id, Measures.ResidentIdle, session[contender].Resident);
        }

        await MeasureRoundsAsync();
        foreach (var contender in Contenders.Where(contender => contender.Streams && Plan.IdleStreams > 0 && !_failed.Contains(contender.Id)))
        {
            await MeasureIdleStreamsAsync(contender);
        }

        session.StopContenders();
        await new GrownRun(session).MeasureAsync();
        await new MetricsRun(session).MeasureAsync();
    }

    // One that does not run on this machine leaves the others alone.
    private Contender? Try(Contender contender)
    {
        try
        {
            session.Start(contender);
            if (ContenderProcess.Answers(contender.Target.Port, Requests.Stream(contender.Target, 2, 1)))
            {
                return contender;
            }

            session.Say($"{contender.Name} relays no streams here. It takes part without them.");
            return contender with { Streams = false };
        }
        catch (InvalidOperationException e)
        {
            session.Say(e.Message + " It is skipped.");
            return null;
        }
        finally
        {
            session.Stop(contender);
        }
    }

    private void MeasureStarts()
    {
        session.Say("starts");
        for (var i = 0; i < Plan.Starts; i++)
        {
            foreach (var contender in Contenders)
            {
                Results.Add(contender.Id, Measures.FirstAnswer, session.Start(contender).FirstAnswer.TotalMilliseconds);
            }
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
            session.Say($"{contender.Name} fails and is left out from here on. {e.Message}");
        }
    }

    private async Task MeasureRoundsAsync()
    {
        var longest = TimeSpan.Zero;
        while (Rounds < Plan.Rounds && session.Elapsed + longest < Plan.Limit - Plan.After)
        {
            session.Say($"round {++Rounds}");
            var began = session.Elapsed;
            await MeasureDirectAsync();
            await MeasureDirectStreamsAsync();
            foreach (var contender in Contenders.Where(contender => !_failed.Contains(contender.Id)))
            {
                await UnlessItFailsAsync(contender, () => MeasureAsync(contender));
            }

            longest = session.Elapsed - began > longest ? session.Elapsed - began : longest;
        }
    }

    private async Task MeasureDirectAsync()
    {
        var target = session.List.Upstream.Target;
        var times = await Scenarios.OneByOneAsync(target, Requests.Json(target, 1024), Plan.OneByOne);
        Results.Add(ContenderList.Direct, Measures.P50, times.Percentile(0.5));
        Results.Add(ContenderList.Direct, Measures.P99, times.Percentile(0.99));
        var first = await Scenarios.FirstEventsAsync(target, Plan.OneByOne);
        Results.Add(ContenderList.Direct, Measures.FirstEventP50, first.Percentile(0.5));
        Results.Add(ContenderList.Direct, Measures.FirstEventP99, first.Percentile(0.99));
    }

    private async Task MeasureDirectStreamsAsync()
    {
        var gaps = await Scenarios.PacedAsync(session.List.Upstream.Target, Session.PacedStreams, Session.PacedEvents, 20);
        Results.Add(ContenderList.Direct, Measures.GapP99, gaps.Percentile(0.99));
    }

    private async Task MeasureAsync(Contender contender)
    {
        var requests = await session.MeasureLoopAsync(contender, [Requests.Json(contender.Target, 1024)], Plan.Loop);
        Results.Add(contender.Id, Measures.RequestsPerSecond, requests / Plan.Loop.TotalSeconds);
        await MeasureOneByOneAsync(contender);
        if (contender.Streams)
        {
            await MeasureStreamsAsync(contender);
        }

        _ = await session.MeasureLoopAsync(contender, [Requests.Json(contender.Target, 64 * 1024)], Plan.Bodies, Measures.CpuPer64Kb, connections: 8);
        _ = await session.MeasureLoopAsync(contender, [Requests.Json(contender.Target, 4 * 1024 * 1024)], Plan.Bodies, Measures.CpuPer4Mb, connections: 2);
        Results.Add(contender.Id, Measures.ResidentLoaded, session[contender].Resident);
    }

    private async Task MeasureStreamsAsync(Contender contender)
    {
        var target = contender.Target;
        var first = await Scenarios.FirstEventsAsync(target, Plan.OneByOne);
        AddWithDirect(contender, Measures.FirstEventP50, Measures.AddedFirstEventP50, first.Percentile(0.5));
        AddWithDirect(contender, Measures.FirstEventP99, Measures.AddedFirstEventP99, first.Percentile(0.99));

        var (gaps, paced) = await session.WithCpuAsync(contender, () => Scenarios.PacedAsync(target, Session.PacedStreams, Session.PacedEvents, 20));
        Results.Add(contender.Id, Measures.CpuPerPacedEvent, paced / (Session.PacedStreams * Session.PacedEvents));
        AddWithDirect(contender, Measures.GapP99, Measures.AddedGapP99, gaps.Percentile(0.99));
        var (events, unpaced) = await session.WithCpuAsync(contender, () => Scenarios.UnpacedAsync(target, 16, 200, Plan.Bodies));
        Results.Add(contender.Id, Measures.CpuPerUnpacedEvent, unpaced / events);
        Results.Add(contender.Id, Measures.UnpacedEventsPerSecond, events / Plan.Bodies.TotalSeconds);
    }

    private async Task MeasureOneByOneAsync(Contender contender)
    {
        var times = await Scenarios.OneByOneAsync(contender.Target, Requests.Json(contender.Target, 1024), Plan.OneByOne);
        AddWithDirect(contender, Measures.P50, Measures.AddedP50, times.Percentile(0.5));
        AddWithDirect(contender, Measures.P99, Measures.AddedP99, times.Percentile(0.99));
    }

    private void AddWithDirect(Contender contender, string measure, string added, double value)
    {
        Results.Add(contender.Id, measure, value);
        Results.Add(contender.Id, added, value - Results.Latest(ContenderList.Direct, measure));
    }

    private async Task MeasureIdleStreamsAsync(Contender contender)
    {
        session.Say($"{Plan.IdleStreams} idle streams through {contender.Name}");
        // A fresh process: what earlier loads left behind would hide what a stream holds.
        var process = session.Start(contender);
        var before = process.Resident;
        var open = await Scenarios.OpenIdleAsync(contender.Target, Plan.IdleStreams);
        await Task.Delay(TimeSpan.FromSeconds(1));
        Results.Add(contender.Id, Measures.ResidentPerStream, (double)(process.Resident - before) / Plan.IdleStreams);
        open.ForEach(connection => connection.Dispose());
        session.Stop(contender);
    }
}
