namespace Gateway.Proxy.Telemetry;

/// <summary>Sums what was collected, every few seconds and never on a request's way. The labels are read in the order in which <see cref="GatewayMetrics"/> gives them.</summary>
public sealed class TotalsReader(PrometheusCollector collector)
{
    private const string Interrupted = "stream_interrupted";

    public Totals Read()
    {
        var totals = new Totals();
        foreach (var (labels, series) in collector.SeriesOf("gateway_requests"))
        {
            var backend = Backend(totals, labels.B);
            backend.Requests += (long)series.Value;
            backend.Failures += labels.D is "500" or "502" or "503" or "504" ? (long)series.Value : 0;
        }

        foreach (var (labels, series) in collector.SeriesOf("gateway_errors"))
        {
            totals.Errors[new ErrorKind(labels.A ?? "", labels.B ?? "", labels.C ?? "")] = (long)series.Value;
            Backend(totals, labels.A).Failures += labels.C == Interrupted ? (long)series.Value : 0;
        }

        foreach (var (labels, series) in collector.SeriesOf("gateway_retries"))
        {
            Backend(totals, labels.A).Retries += (long)series.Value;
        }

        foreach (var (labels, series) in collector.SeriesOf("gateway_fallbacks"))
        {
            Backend(totals, labels.A).Fallbacks[labels.B ?? ""] = (long)series.Value;
        }

        totals.FirstTokenBoundaries = collector.BoundariesOf("gen_ai_server_time_to_first_token_seconds");
        foreach (var (labels, series) in collector.SeriesOf("gen_ai_server_time_to_first_token_seconds"))
        {
            Backend(totals, labels.B).AddFirstToken(series.Counts);
        }

        foreach (var (labels, series) in collector.SeriesOf("gateway_tokens"))
        {
            AddTokens(totals, labels, (long)series.Value);
        }

        return totals;
    }

    private static void AddTokens(Totals totals, SeriesKey labels, long tokens)
    {
        var (key, backend, type) = (labels.A ?? "", Backend(totals, labels.B), labels.D);
        var used = totals.Keys.GetValueOrDefault(key) ?? new KeyTokens(0, 0, 0);
        switch (type)
        {
            case "input":
                backend.InputTokens += tokens;
                totals.Keys[key] = used with { Input = used.Input + tokens };
                break;
            case "output":
                backend.OutputTokens += tokens;
                totals.Keys[key] = used with { Output = used.Output + tokens };
                break;
            default:
                totals.Keys[key] = used with { Cached = used.Cached + tokens };
                break;
        }
    }

    private static BackendTotals Backend(Totals totals, string? name)
    {
        if (!totals.Backends.TryGetValue(name ?? "", out var backend))
        {
            totals.Backends[name ?? ""] = backend = new BackendTotals();
        }

        return backend;
    }
}
