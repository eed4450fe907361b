using System.Diagnostics;
using System.Globalization;
using Gateway.Bench;
using Gateway.Bench.Contenders;
using Gateway.Bench.Load;
using Gateway.Bench.Report;

// Measures the gateway beside others. Arguments: the folder with the built programs, the folder of the documentation, and `quick` or `compare`.
// Or, to look at one program: `load`, a port, `json`, `64kb`, `unpaced` or `paced`, and seconds.
// BENCH_ONLY names contenders, comma-separated, to leave all others out.

// What a socket wakes runs at once: less of this program's own scheduling is in the figures.
Environment.SetEnvironmentVariable(ContenderProcess.InlineCompletions, "1");
if (args is ["load", var port, var kind, var seconds])
{
    await Load(new Target(int.Parse(port, CultureInfo.InvariantCulture)), kind, TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
    return;
}

var (cache, docs, mode) = (Path.GetFullPath(args[0]), Path.GetFullPath(args[1]), args is [_, _, { Length: > 0 } asked] ? asked : "full");
var only = (Environment.GetEnvironmentVariable("BENCH_ONLY") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
var busy = Machine.Load();
using var session = new Session(new ContenderList(cache), mode == "quick" ? Plan.Quick : mode == "compare" ? Plan.Compare : Plan.Full, cache);
var run = new Run(session);
await run.ExecuteAsync(only);

var report = new MarkdownReport(session.Results, run.Contenders, run.Rounds, busy);
JsonReport.Write(Path.Combine(cache, mode == "full" ? "latest.json" : mode + ".json"), session.Results);
Console.WriteLine(report.Tables());
if (mode == "full" && only.Length == 0)
{
    report.Write(docs);
    Console.Error.WriteLine($"bench: written to {Path.Combine(docs, "benchmarks.md")}");
}

static async Task Load(Target target, string kind, TimeSpan time)
{
    if (kind is "json" or "64kb")
    {
        var samples = await Scenarios.ClosedLoopAsync(target, [Requests.Json(target, kind == "json" ? 1024 : 64 * 1024)], Session.Connections, time);
        Console.WriteLine(FormattableString.Invariant($"{samples.Count / time.TotalSeconds:0} requests/s, p50 {samples.Percentile(0.5):0} µs, p99 {samples.Percentile(0.99):0} µs"));
        return;
    }

    if (kind == "unpaced")
    {
        var events = await Scenarios.UnpacedAsync(target, 16, 200, time);
        Console.WriteLine(FormattableString.Invariant($"{events / time.TotalSeconds:0} events/s"));
        return;
    }

    for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time;)
    {
        var gaps = await Scenarios.PacedAsync(target, Session.PacedStreams, Session.PacedEvents, 20);
        Console.WriteLine(FormattableString.Invariant($"gap p99 {gaps.Percentile(0.99):0} µs"));
    }
}
