using System.Globalization;
using System.Text;
using Gateway.Bench.Contenders;

namespace Gateway.Bench.Report;

/// <summary>The page with the tables and charts of a run.</summary>
internal sealed class MarkdownReport(Results results, IReadOnlyList<Contender> contenders, int rounds, string busy)
{
    private static readonly (string Text, string Measure, double Unit)[] Rows =
    [
        ("CPU per request, µs", Measures.CpuPerRequest, 1),
        ("requests/s, 32 connections", Measures.RequestsPerSecond, 1),
        ("added p50, one connection, µs", Measures.AddedP50, 1),
        ("added p99, one connection, µs", Measures.AddedP99, 1),
        ("added to first event p50, µs", Measures.AddedFirstEventP50, 1),
        ("added to first event p99, µs", Measures.AddedFirstEventP99, 1),
        ("CPU per event, paced, µs", Measures.CpuPerPacedEvent, 1),
        ("gap between events, added p99, µs", Measures.AddedGapP99, 1),
        ("CPU per event, unpaced, µs", Measures.CpuPerUnpacedEvent, 1),
        ("events/s, unpaced", Measures.UnpacedEventsPerSecond, 1),
        ("CPU per 64 KB request, µs", Measures.CpuPer64Kb, 1),
        ("CPU per 4 MB request, µs", Measures.CpuPer4Mb, 1),
        ("memory idle, MiB", Measures.ResidentIdle, 1048576),
        ("memory after load, MiB", Measures.ResidentLoaded, 1048576),
        ("memory per idle stream, KiB", Measures.ResidentPerStream, 1024),
        ("start to first answer, ms", Measures.FirstAnswer, 1),
    ];

    private static readonly (string File, string Title, string Measure, double Unit)[] Charts =
    [
        ("bench-request.svg", "CPU per request, µs", Measures.CpuPerRequest, 1),
        ("bench-event.svg", "CPU per event of 200 paced streams, µs", Measures.CpuPerPacedEvent, 1),
        ("bench-latency.svg", "Added p99 at one connection, µs", Measures.AddedP99, 1),
        ("bench-memory.svg", "Memory per idle stream, KiB", Measures.ResidentPerStream, 1024),
    ];

    /// <summary>Writes the page and its charts.</summary>
    public void Write(string docs)
    {
        var images = Directory.CreateDirectory(Path.Combine(docs, "images")).FullName;
        foreach (var (file, title, measure, unit) in Charts)
        {
            var bars = contenders.Select(contender => (contender.Name, Figure: results.Of(contender.Id, measure))).Where(bar => bar.Figure is not null)
                .Select(bar => (bar.Name, new Figure(bar.Figure!.Median / unit, bar.Figure.Min / unit, bar.Figure.Max / unit, bar.Figure.Rounds))).ToArray();
            File.WriteAllText(Path.Combine(images, file), BarChart.Draw(title, bars));
        }

        var page = new StringBuilder("# What the gateway costs\n\n")
            .Append("`make bench` wrote this page; it takes nine minutes. `make bench QUICK=1` prints the tables after a minute and a half and leaves the page unchanged.\n\n")
            .Append(CultureInfo.InvariantCulture, $"Run on {DateTimeOffset.UtcNow:yyyy-MM-dd} with {Machine.Describe()}; load, proxy and upstream shared these cores, and the machine's load average before the run was {busy}. ")
            .Append(CultureInfo.InvariantCulture, $"Medians of {rounds} rounds, least and greatest in brackets; in each round all are measured, one after the other.\n\n")
            .Append(Tables())
            .Append("\n## Charts\n\n")
            .AppendJoin('\n', Charts.Select(chart => $"![{chart.Title}](images/{chart.File})\n"))
            .Append('\n')
            .Append(Method);
        File.WriteAllText(Path.Combine(docs, "benchmarks.md"), page.ToString());
    }

    /// <summary>The tables alone.</summary>
    public string Tables()
    {
        var text = new StringBuilder("## Side by side\n\n| |").AppendJoin("|", contenders.Select(contender => $" {contender.Name} ")).Append("|\n|---|")
            .Append(string.Concat(Enumerable.Repeat("--:|", contenders.Count))).Append('\n');
        foreach (var (name, measure, unit) in Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name} |").AppendJoin("|", contenders.Select(contender => $" {Number.Spread(results.Of(contender.Id, measure), unit)} ")).Append("|\n");
        }

        AppendTargets(text);
        AppendGrown(text);
        AppendMetrics(text);
        return text.ToString();
    }

    private void AppendTargets(StringBuilder text)
    {
        text.Append("\n## Targets\n\n| target | measured | |\n|---|--:|---|\n");
        foreach (var (target, figure, most) in Targets())
        {
            text.Append(CultureInfo.InvariantCulture, $"| {target} | {Number.Spread(figure)} | {(figure is null ? "not measured" : figure.Median <= most ? "met" : "**not met**")} |\n");
        }
    }

    private IEnumerable<(string Target, Figure? Figure, double Most)> Targets()
    {
        yield return ("CPU per request ≤ 1.10 × raw YARP", results.Ratio(ContenderList.Gateway, ContenderList.RawYarp, Measures.CpuPerRequest), 1.10);
        yield return ("CPU per paced event ≤ 1.10 × raw YARP", results.Ratio(ContenderList.Gateway, ContenderList.RawYarp, Measures.CpuPerPacedEvent), 1.10);
        yield return ("added p99 at one connection < 300 µs", results.Of(ContenderList.Gateway, Measures.AddedP99), 300);
        yield return ("added to first event p99 < 400 µs", results.Of(ContenderList.Gateway, Measures.AddedFirstEventP99), 400);
        yield return ("memory per idle stream ≤ 40 KiB", Scaled(results.Of(ContenderList.Gateway, Measures.ResidentPerStream), 1024), 40);
        yield return ("start to first answer ≤ 500 ms", results.Of(ContenderList.Gateway, Measures.FirstAnswer), 500);
    }

    private void AppendGrown(StringBuilder text)
    {
        text.Append("\n## With many models, keys and replicas\n\n| | models | keys | replicas | CPU per request, µs | × of one each |\n|---|--:|--:|--:|--:|--:|\n");
        foreach (var sizes in (Sizes[])[Sizes.One, .. Plan.Full.Grown])
        {
            AppendGrown(text, ContenderList.Gateway, sizes);
        }

        AppendGrown(text, ContenderList.RawYarp, Sizes.One);
        AppendGrown(text, ContenderList.RawYarp, new Sizes(1, 1, Sizes.RawReplicas));
    }

    private void AppendGrown(StringBuilder text, string program, Sizes sizes)
    {
        if (results.Of(sizes.IdOf(program), Measures.CpuPerRequest) is not { } figure)
        {
            return;
        }

        var ratio = results.Ratio(sizes.IdOf(program), Sizes.One.IdOf(program), Measures.CpuPerRequest);
        var (name, models, keys) = program == ContenderList.RawYarp ? ("raw YARP", "–", "–") : ("gateway", Number.Whole(sizes.Models), Number.Whole(sizes.Keys));
        text.Append(CultureInfo.InvariantCulture, $"| {name} | {models} | {keys} | {Number.Whole(sizes.Replicas)} | {Number.Spread(figure)} | {Number.Spread(ratio)} |\n");
    }

    private void AppendMetrics(StringBuilder text)
    {
        if (results.Of(ContenderList.MetricsOn, Measures.CpuPerRequest) is null)
        {
            return;
        }

        text.Append("\n## What counting costs\n\n| | with metrics | without | with ÷ without |\n|---|--:|--:|--:|\n");
        foreach (var (name, measure) in ((string, string)[])[("CPU per request, µs", Measures.CpuPerRequest), ("CPU per stream of 50 events, µs", Measures.CpuPerShortStream)])
        {
            var (on, off) = (results.Of(ContenderList.MetricsOn, measure), results.Of(ContenderList.MetricsOff, measure));
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {Number.Spread(on)} | {Number.Spread(off)} | {Number.Spread(results.Ratio(ContenderList.MetricsOn, ContenderList.MetricsOff, measure))} |\n");
        }
    }

    private static Figure? Scaled(Figure? figure, double unit) =>
        figure is null ? null : new Figure(figure.Median / unit, figure.Min / unit, figure.Max / unit, figure.Rounds);

    private const string Method = """
        ## How it is measured

        Everything runs on loopback of one machine, built as the image is built (Release, ReadyToRun). The upstream is a lean program that answers
        1 KB requests with 600 bytes of JSON, or with events. Programs compiled at run time get ten seconds of load before they are measured. The gateway has everything enabled: keys with every limit, usage, metrics, admission, one
        line of log a request (to a file). Raw YARP has one route from configuration and no log; the direct forwarder is YARP's forwarder straight
        behind the server; nginx and HAProxy are Debian's, with kept connections and without buffering of answers; Portkey's gateway comes from npm.

        - **CPU** is the processor time of the contender's own processes over the load, divided by what was answered: JSON with 32 connections;
          paced, 200 streams of 50 events 20 ms apart; unpaced, 16 streams of 200 events as fast as they come.
        - **Added** is the time through the contender minus the time straight to the upstream in the same round.
        - **Many replicas** are as many addresses of the one upstream; each set-up has two seconds of the same load before it is measured, so that
          its connections are open. Raw YARP has as many destinations, and picks one of two as the gateway does.
        - **Counting**: two gateways that differ in nothing but a private switch that keeps requests from being counted and timed, in 6
          rounds. The streams come as fast as they can, 16 at a time.
        - **Memory** is resident memory. Per idle stream: a fresh process opens 5,000 streams, each of which has had its first event.
        - **–** marks what does not work on that machine: for example, Portkey's gateway may fail to relay streams.
        - **Start** runs from the start of the process to the first answer from the upstream, requested every 2 ms.
        - The figures of every round are in `.cache/bench/latest.json`.

        """;
}
