using Gateway.Bench.Contenders;
using Gateway.Bench.Load;

namespace Gateway.Bench;

/// <summary>What a request costs with many models, keys and replicas, and what many replicas cost raw YARP.</summary>
internal sealed class GrownRun(Session session)
{
    // Connections that were idle for some seconds are dropped, and opening a thousand is not what a request costs. The gateway
    // comes by every replica within two seconds.
    private static readonly TimeSpan Opening = TimeSpan.FromSeconds(2.2);

    public async Task MeasureAsync()
    {
        if (session.Plan.Grown.Count == 0)
        {
            return;
        }

        var cases = Cases().Select(grown => (Contender: grown.Contender with { Id = grown.Sizes.IdOf(grown.Contender) }, Requests: Mixed(grown.Contender, grown.Sizes))).ToArray();
        foreach (var (contender, requests) in cases)
        {
            session.Start(contender);
            await session.WarmUpAsync(contender, requests);
        }

        for (var round = 0; round < session.Plan.GrownRounds && session.Elapsed < session.Plan.Limit; round++)
        {
            session.Say($"models, keys, replicas: round {round + 1}");
            foreach (var (contender, requests) in cases)
            {
                _ = await Scenarios.ClosedLoopAsync(contender.Target, requests, Session.Connections, Opening);
                _ = await session.MeasureLoopAsync(contender, requests, session.Plan.Loop);
            }
        }

        session.StopContenders();
    }

    private IEnumerable<(Contender Contender, Sizes Sizes)> Cases()
    {
        foreach (var sizes in (Sizes[])[Sizes.One, .. session.Plan.Grown])
        {
            yield return (session.List.GatewayOf(sizes), sizes);
        }

        foreach (var replicas in (int[])[1, Sizes.RawReplicas])
        {
            yield return (session.List.RawYarpOf(replicas), new Sizes(1, 1, replicas));
        }
    }

    private static byte[][] Mixed(Contender contender, Sizes sizes) =>
        [.. Enumerable.Range(0, 64).Select(i => Requests.Json(contender.Target, 1024, 1 + (i * (sizes.Models - 1) / 63), 1 + (i * (sizes.Keys - 1) / 63)))];
}
