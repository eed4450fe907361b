using Gateway.Fakes;
using Gateway.Proxy.Responses;
using Gateway.Reload;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>What a gateway may not hold any more when its last request has ended: requests, places, turns in a queue, deadlines.</summary>
internal static class Leftovers
{
    private static readonly string[] Gauges = ["gateway_requests_in_flight", "gateway_queue_depth", "gateway_replica_requests_in_flight"];

    public static Task NoneAsync(FaultRig rig) => NoneAsync(rig.Gateway, rig.Engines);

    public static async Task NoneAsync(RunningGateway gateway, IReadOnlyList<FakeEngine> engines)
    {
        var last = "";
        try
        {
            await Wait.UntilAsync(async () => (last = await OfAsync(gateway, engines)).Length == 0, "the gateway to hold nothing");
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Left behind: {last}");
        }
    }

    private static async Task<string> OfAsync(RunningGateway gateway, IReadOnlyList<FakeEngine> engines)
    {
        var left = new List<string>();
        var generation = gateway.Services.GetRequiredService<LiveGateway>().Current!;
        Note(left, "watched deadlines", gateway.Services.GetRequiredService<DeadlineScanner>().Count);
        foreach (var backend in generation.Backends.All)
        {
            Note(left, $"places of {backend.Name}", generation.Admission.QueueOf(backend).Running);
            Note(left, $"queue of {backend.Name}", generation.Admission.QueueOf(backend).Queued);
            Note(left, $"in flight at {backend.Name}", backend.Replicas.Sum(replica => replica.InFlight));
        }

        Note(left, "work that an engine was left with", engines.Sum(engine => engine.Requests.Work.Count(request => !request.Answered.IsCompleted && !request.Aborted.IsCompleted)));
        foreach (var (name, value) in await MetricsTests.ScrapeAsync(gateway.Anonymous))
        {
            if (Gauges.Contains(name.Split('{')[0]))
            {
                Note(left, name, (int)value);
            }
        }

        return string.Join(", ", left);
    }

    private static void Note(List<string> left, string what, int count)
    {
        if (count != 0)
        {
            left.Add($"{what}: {count}");
        }
    }
}
