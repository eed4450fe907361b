// Measures the gateway beside others. Arguments: the folder with the built programs, the folder of the documentation, and `quick`.
// BENCH_ONLY names contenders, comma-separated, to leave all others out.
using Gateway.Bench;
using Gateway.Bench.Contenders;
using Gateway.Bench.Report;

// What a socket wakes runs at once: less of this program's own scheduling is in the figures.
Environment.SetEnvironmentVariable(ContenderProcess.InlineCompletions, "1");
var (cache, docs, quick) = (Path.GetFullPath(args[0]), Path.GetFullPath(args[1]), args.Length > 2 && args[2] == "quick");
var only = (Environment.GetEnvironmentVariable("BENCH_ONLY") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
using var run = new Run(new ContenderList(cache), quick ? Plan.Quick : Plan.Full, cache);
await run.ExecuteAsync(only);

var report = new MarkdownReport(run.Results, run.Contenders, run.Rounds);
JsonReport.Write(Path.Combine(cache, quick ? "quick.json" : "latest.json"), run.Results);
Console.WriteLine(report.Tables());
if (!quick && only.Length == 0)
{
    report.Write(docs);
    Console.Error.WriteLine($"bench: written to {Path.Combine(docs, "benchmarks.md")}");
}
