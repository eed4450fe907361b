using System.Diagnostics;
using Gateway.Bench.Contenders;
using Gateway.Bench.Load;

namespace Gateway.Bench;

/// <summary>What the parts of a run have in common: what is running, how it is loaded, and what came of it.</summary>
internal sealed class Session(ContenderList list, Plan plan, string cache) : IDisposable
{
    public const int Connections = 32;
    public const int PacedStreams = 200;
    public const int PacedEvents = 50;

    private readonly Dictionary<string, ContenderProcess> _running = [];
    private readonly long _began = Stopwatch.GetTimestamp();

    public ContenderList List => list;

    public Plan Plan => plan;

    public Results Results { get; } = new();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    public ContenderProcess this[Contender contender] => _running[contender.Id];

    /// <summary>Starts a contender, in the place of one of the same name.</summary>
    public ContenderProcess Start(Contender contender)
    {
        Stop(contender);
        return _running[contender.Id] = ContenderProcess.Start(contender, Requests.Json(contender.Target, 256), Path.Combine(cache, $"{contender.Id}.log"));
    }

    public void Stop(Contender contender)
    {
        if (_running.Remove(contender.Id, out var running))
        {
            running.Dispose();
        }
    }

    /// <summary>Ends all but the upstream.</summary>
    public void StopContenders()
    {
        foreach (var id in _running.Keys.Where(id => id != list.Upstream.Id).ToArray())
        {
            _running.Remove(id, out var running);
            running!.Dispose();
        }
    }

    public async Task WarmUpAsync(Contender contender, IReadOnlyList<byte[]> requests)
    {
        _ = await Scenarios.ClosedLoopAsync(contender.Target, requests, Connections, contender.IsCompiledAhead ? TimeSpan.FromSeconds(1) : plan.WarmUp);
        if (contender.Streams)
        {
            _ = await Scenarios.PacedAsync(contender.Target, PacedStreams, PacedEvents, 10);
        }
    }

    /// <summary>Measures what a request of a closed loop costs.</summary>
    public async Task<long> MeasureLoopAsync(Contender contender, IReadOnlyList<byte[]> requests, TimeSpan time, string measure = Measures.CpuPerRequest, int connections = Connections)
    {
        var (done, cpu) = await WithCpuAsync(contender, () => Scenarios.ClosedLoopAsync(contender.Target, requests, connections, time));
        Results.Add(contender.Id, measure, cpu / done.Count);
        return done.Count;
    }

    /// <summary>Runs a load and tells the processor time it took, in microseconds.</summary>
    public async Task<(T Result, double CpuMicroseconds)> WithCpuAsync<T>(Contender contender, Func<Task<T>> load)
    {
        var process = _running[contender.Id];
        var before = process.CpuTime;
        var result = await load();
        return (result, (process.CpuTime - before).TotalMicroseconds);
    }

    public void Say(string what) => Console.Error.WriteLine(FormattableString.Invariant($"bench: {Elapsed.TotalSeconds,4:0} s  {what}"));

    public void Dispose()
    {
        foreach (var running in _running.Values)
        {
            running.Dispose();
        }
    }
}
