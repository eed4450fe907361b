using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;

namespace Gateway.Proxy.Telemetry;

/// <summary>One instrument as a metric of Prometheus: its name, its kind, its series.</summary>
internal sealed class PrometheusFamily
{
    /// <summary>A guard, not a limit to live with: labels are bounded where they are made.</summary>
    private const int MostSeries = 20_000;

    private readonly ConcurrentDictionary<SeriesKey, PrometheusSeries> _series = [];
    private readonly bool _observable;
    private readonly TimeProvider _clock;

    public PrometheusFamily(Instrument instrument, TimeProvider clock)
    {
        _clock = clock;
        _observable = instrument.IsObservable;
        Boundaries = BoundariesOf(instrument);
        Kind = Boundaries is not null ? PrometheusKind.Histogram : IsCounter(instrument) ? PrometheusKind.Counter : PrometheusKind.Gauge;
        BaseName = NameOf(instrument);
        Name = Encoding.UTF8.GetBytes(Kind == PrometheusKind.Counter ? BaseName + "_total" : BaseName);
        Help = Encoding.UTF8.GetBytes(instrument.Description ?? "");
    }

    /// <summary>Without <c>_total</c>, as OpenMetrics names a counter.</summary>
    public string BaseName { get; }

    public byte[] Name { get; }

    public byte[] Help { get; }

    public PrometheusKind Kind { get; }

    public double[]? Boundaries { get; }

    /// <summary>The scrape that is being answered; observed series that it did not set are not shown.</summary>
    public long Scrape { get; set; }

    public IEnumerable<KeyValuePair<SeriesKey, PrometheusSeries>> Series => _series;

    public bool Shows(PrometheusSeries series) => !_observable || series.SetIn == Scrape;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Find(tags) is not { } series)
        {
            return;
        }

        if (Boundaries is not null)
        {
            series.Observe(value, Activity.Current is { Recorded: true } activity ? NewExemplar(activity, value) : null);
        }
        else if (_observable)
        {
            series.Set(value, Scrape);
        }
        else
        {
            series.Add((long)value);
        }
    }

    private Exemplar NewExemplar(Activity activity, double value) =>
        new(activity.TraceId.ToHexString(), value, _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);

    private PrometheusSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = SeriesKey.Of(tags);
        if (_series.TryGetValue(key, out var series))
        {
            return series;
        }

        return _series.Count >= MostSeries ? null : _series.GetOrAdd(key, new PrometheusSeries(Encode(tags), Boundaries));
    }

    private static byte[] Encode(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            var escaped = (value as string ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(text.Length == 0 ? "" : ",").Append(name).Append("=\"").Append(escaped).Append('"');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static double[]? BoundariesOf(Instrument instrument) => instrument switch
    {
        Histogram<double> times => [.. times.Advice?.HistogramBucketBoundaries ?? []],
        Histogram<long> counts => [.. (counts.Advice?.HistogramBucketBoundaries ?? []).Select(boundary => (double)boundary)],
        _ => null,
    };

    private static bool IsCounter(Instrument instrument) => instrument is Counter<long> or ObservableCounter<long> or ObservableCounter<double>;

    private static string NameOf(Instrument instrument) => instrument.Name.Replace('.', '_') + instrument.Unit switch
    {
        "s" => "_seconds",
        "By" => "_bytes",
        "1" => "_ratio",
        _ => "",
    };
}

/// <summary>What a metric of Prometheus is.</summary>
internal enum PrometheusKind
{
    Counter,
    Gauge,
    Histogram,
}
