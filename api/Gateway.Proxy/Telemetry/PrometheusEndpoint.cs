namespace Gateway.Proxy.Telemetry;

/// <summary><c>GET /metrics</c>: the numbers as text, in OpenMetrics when it is asked for.</summary>
public sealed class PrometheusEndpoint(PrometheusCollector collector)
{
    public async Task WriteAsync(HttpContext context)
    {
        var openMetrics = context.Request.Headers.Accept.ToString().Contains("application/openmetrics-text", StringComparison.OrdinalIgnoreCase);
        context.Response.ContentType = openMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        collector.Write(context.Response.BodyWriter, openMetrics);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
