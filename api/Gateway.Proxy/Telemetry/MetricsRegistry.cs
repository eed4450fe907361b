using System.Diagnostics;
using Prometheus;

namespace Gateway.Proxy.Telemetry;

/// <summary>The metrics of one host, without the package's own: two gateways in a process do not share counts.</summary>
public sealed class MetricsRegistry
{
    private static readonly Exemplar.LabelKey TraceId = Exemplar.Key("trace_id");

    // Prometheus before 2.43 refuses a scrape that has exemplars on counters.
    private static readonly CounterConfiguration Plain = new() { ExemplarBehavior = ExemplarBehavior.NoExemplars() };
    private static readonly ExemplarBehavior Traced = new() { DefaultExemplarProvider = static (_, _) => OfTrace() };

    private readonly MetricFactory _factory;
    private readonly List<Action> _observed = [];
    private readonly Lock _lock = new();

    public MetricsRegistry() => _factory = Metrics.WithCustomRegistry(Collectors);

    public CollectorRegistry Collectors { get; } = Metrics.NewCustomRegistry();

    public Counter Counter(string name, string help, params string[] labels) => _factory.CreateCounter(name, help, labels, Plain);

    public Histogram Histogram(string name, string help, double[] buckets, params string[] labels) =>
        _factory.CreateHistogram(name, help, labels, new HistogramConfiguration { Buckets = buckets, ExemplarBehavior = Traced });

    /// <summary>A gauge that is read at each scrape.</summary>
    public void Gauge(string name, string help, Func<double> read) => Gauge(name, help, [], () => [new(read())]);

    /// <summary>A gauge with the series that a scrape finds; those that it no longer finds are gone.</summary>
    public void Gauge(string name, string help, string[] labels, Func<IEnumerable<Reading>> read) =>
        Observe(_factory.CreateGauge(name, help, labels), static (series, value) => series.Set(value), read);

    /// <summary>A counter that is read at each scrape.</summary>
    public void Total(string name, string help, Func<double> read) => Total(name, help, [], () => [new(read())]);

    /// <inheritdoc cref="Total(string, string, Func{double})"/>
    public void Total(string name, string help, string[] labels, Func<IEnumerable<Reading>> read) =>
        Observe(Counter(name, help, labels), static (series, value) => series.IncTo(value), read);

    /// <summary>Reads what is only known at the moment of a scrape. The registry's own callbacks would hide an exception.</summary>
    public void Refresh()
    {
        lock (_lock)
        {
            foreach (var refresh in _observed)
            {
                refresh();
            }
        }
    }

    private void Observe<TChild>(Collector<TChild> metric, Action<TChild, double> set, Func<IEnumerable<Reading>> read)
        where TChild : ChildBase
    {
        HashSet<TChild> shown = [];
        _observed.Add(() =>
        {
            HashSet<TChild> found = [];
            foreach (var (value, labels) in read())
            {
                var series = metric.WithLabels(labels);
                set(series, value);
                found.Add(series);
            }

            shown.ExceptWith(found);
            foreach (var gone in shown)
            {
                gone.Remove();
            }

            shown = found;
        });
    }

    private static Exemplar OfTrace() =>
        Activity.Current is { Recorded: true } activity ? Exemplar.From(TraceId.WithValue(activity.TraceId.ToHexString())) : Exemplar.None;
}

/// <summary>The value of one series at a scrape.</summary>
/// <param name="Value">What it shows.</param>
/// <param name="Labels">Values of the labels, in the order in which the metric names them.</param>
public readonly record struct Reading(double Value, params string[] Labels);
