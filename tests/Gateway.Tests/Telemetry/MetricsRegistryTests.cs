using System.Diagnostics;
using System.Text;
using Gateway.Proxy.Telemetry;
using Prometheus;
using Xunit;

namespace Gateway.Tests.Telemetry;

/// <summary>What a scrape shows of counters, histograms and what is only read then.</summary>
public sealed class MetricsRegistryTests
{
    private readonly MetricsRegistry _registry = new();

    [Fact]
    public async Task Counter_OfAnotherRegistry_IsNotShared()
    {
        var other = new MetricsRegistry();
        _registry.Counter("events_total", "Events.", "kind").WithLabels("a").Inc(3);
        other.Counter("events_total", "Events.", "kind").WithLabels("a").Inc();

        Assert.Equal(
            ["# HELP events_total Events.", "# TYPE events_total counter", "events_total{kind=\"a\"} 3"], await ScrapeAsync(_registry));
        Assert.Contains("events_total{kind=\"a\"} 1", await ScrapeAsync(other));
    }

    [Fact]
    public async Task Gauge_SeriesThatIsNoLongerRead_IsGone()
    {
        List<Reading> now = [new(1, "a", "x"), new(2, "b", "y")];
        _registry.Gauge("load", "Load.", ["backend", "replica"], () => now);
        var before = await ScrapeAsync(_registry);

        now = [new(5, "b", "y"), new(0, "c", "z")];
        var after = await ScrapeAsync(_registry);

        Assert.Equal(["load{backend=\"a\",replica=\"x\"} 1", "load{backend=\"b\",replica=\"y\"} 2"], before.Skip(2));
        Assert.Equal(["load{backend=\"b\",replica=\"y\"} 5", "load{backend=\"c\",replica=\"z\"} 0"], after.Skip(2).Order());
    }

    [Fact]
    public async Task Total_ReadTwice_ShowsTheLaterValueAsACounter()
    {
        var value = 1.5;
        _registry.Total("work_seconds_total", "Work.", () => value);
        await ScrapeAsync(_registry);

        value = 4;

        Assert.Equal(
            ["# HELP work_seconds_total Work.", "# TYPE work_seconds_total counter", "work_seconds_total 4"], await ScrapeAsync(_registry));
    }

    [Fact]
    public void Refresh_ReadingThatFails_Throws()
    {
        _registry.Gauge("broken", "Broken.", static () => throw new InvalidOperationException("no value"));

        Assert.Equal("no value", Assert.Throws<InvalidOperationException>(_registry.Refresh).Message);
    }

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded, true)]
    [InlineData(ActivityTraceFlags.None, false)]
    public async Task OpenMetrics_RecordedTrace_IsTheExemplarOfItsBucketAndOfNoCounter(ActivityTraceFlags flags, bool shown)
    {
        using var activity = new Activity("request") { ActivityTraceFlags = flags };
        activity.SetIdFormat(ActivityIdFormat.W3C).Start();
        _registry.Counter("events_total", "Events.", "kind").WithLabels("a").Inc();
        _registry.Histogram("times_seconds", "Times.", [1, 10], "kind").WithLabels("a").Observe(2.5);
        activity.Stop();

        var text = await ScrapeAsync(_registry, ExpositionFormat.OpenMetricsText);

        Assert.Contains("events_total{kind=\"a\"} 1.0", text);
        var bucket = Assert.Single(
            text, line => line.StartsWith("times_seconds_bucket{kind=\"a\",le=\"10.0\"} ", StringComparison.Ordinal));
        Assert.Equal(shown, bucket.Contains($" # {{trace_id=\"{activity.TraceId.ToHexString()}\"}} 2.5 ", StringComparison.Ordinal));
        Assert.DoesNotContain(await ScrapeAsync(_registry), line => line.Contains("trace_id", StringComparison.Ordinal));
    }

    private static async Task<string[]> ScrapeAsync(MetricsRegistry registry, ExpositionFormat format = ExpositionFormat.PrometheusText)
    {
        registry.Refresh();
        using var stream = new MemoryStream();
        await registry.Collectors.CollectAndExportAsTextAsync(stream, format);
        return Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
