using Gateway.Bench.Load;

namespace Gateway.Bench;

/// <summary>What counting and timing every request costs: the same gateway with its metrics and without, one right after the other.</summary>
internal sealed class MetricsRun(Session session)
{
    public const int StreamEvents = 50;

    private const int Streams = 16;
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.7);

    public async Task MeasureAsync()
    {
        if (session.Plan.MetricsRounds == 0)
        {
            return;
        }

        var contenders = session.List.WithAndWithoutMetrics();
        foreach (var contender in contenders)
        {
            session.Start(contender);
            await session.WarmUpAsync(contender, [Requests.Json(contender.Target, 1024)]);
            _ = await Scenarios.UnpacedAsync(contender.Target, Streams, StreamEvents, Slice);
        }

        session.Say("with metrics and without");
        for (var round = 0; round < session.Plan.MetricsRounds && session.Elapsed < session.Plan.Limit; round++)
        {
            foreach (var contender in round % 2 == 0 ? contenders : contenders.Reverse())
            {
                _ = await session.MeasureLoopAsync(contender, [Requests.Json(contender.Target, 1024)], Slice);
                var (events, cpu) = await session.WithCpuAsync(contender, () => Scenarios.UnpacedAsync(contender.Target, Streams, StreamEvents, Slice));
                session.Results.Add(contender.Id, Measures.CpuPerShortStream, cpu * StreamEvents / events);
            }
        }

        session.StopContenders();
    }
}
