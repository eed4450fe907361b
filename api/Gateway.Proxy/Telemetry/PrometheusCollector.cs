using System.Buffers;
using System.Diagnostics.Metrics;

namespace Gateway.Proxy.Telemetry;

/// <summary>Listens to the gateway's instruments and keeps their numbers until somebody scrapes them.</summary>
public sealed class PrometheusCollector : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, PrometheusFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private long _scrape;

    public PrometheusCollector(GatewayMetrics metrics, TimeProvider clock)
    {
        _clock = clock;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Several gateways in one process have a meter each, of the same name.
            if (ReferenceEquals(instrument.Meter, metrics.Meter))
            {
                listener.EnableMeasurementEvents(instrument, Add(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((PrometheusFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((PrometheusFamily)family!).Record(value, tags));
        _listener.Start();
        metrics.ShowZeros();
    }

    /// <summary>Writes everything as text. One scrape after the other.</summary>
    public void Write(IBufferWriter<byte> output, bool openMetrics)
    {
        lock (_lock)
        {
            _scrape++;
            foreach (var family in _families.Values)
            {
                family.Scrape = _scrape;
            }

            _listener.RecordObservableInstruments();
            foreach (var family in _families.Values)
            {
                PrometheusText.Write(output, family, openMetrics);
            }

            if (openMetrics)
            {
                output.Write("# EOF\n"u8);
            }
        }
    }

    /// <summary>What was collected of one metric, by its name without <c>_total</c>; nothing where there is no such metric.</summary>
    public IEnumerable<KeyValuePair<SeriesKey, PrometheusSeries>> SeriesOf(string name) => Find(name)?.Series ?? [];

    /// <summary>Upper ends of a histogram's buckets.</summary>
    public double[] BoundariesOf(string name) => Find(name)?.Boundaries ?? [];

    public void Dispose() => _listener.Dispose();

    private PrometheusFamily? Find(string name)
    {
        lock (_lock)
        {
            return _families.GetValueOrDefault(name);
        }
    }

    private PrometheusFamily Add(Instrument instrument)
    {
        var family = new PrometheusFamily(instrument, _clock);
        lock (_lock)
        {
            _families.Add(family.BaseName, family);
        }

        return family;
    }
}
