using Prometheus;

namespace Gateway.Proxy.Telemetry;

/// <summary><c>GET /metrics</c>: the numbers as text, in OpenMetrics when it is asked for.</summary>
public sealed class PrometheusEndpoint(MetricsRegistry registry)
{
    private readonly MetricServerMiddleware _exporter =
        new(static _ => Task.CompletedTask, new MetricServerMiddleware.Settings { Registry = registry.Collectors });

    public Task WriteAsync(HttpContext context)
    {
        registry.Refresh();
        context.Response.Headers.CacheControl = "no-store";
        return _exporter.Invoke(context);
    }
}
