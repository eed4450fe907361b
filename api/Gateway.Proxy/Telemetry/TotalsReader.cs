using Prometheus;

namespace Gateway.Proxy.Telemetry;

/// <summary>Sums what was counted, every few seconds and never on a request's way.</summary>
public sealed class TotalsReader(GatewayMetrics gateway)
{
    private const string Interrupted = "stream_interrupted";

    public Totals Read()
    {
        var metrics = gateway.Families;
        var totals = new Totals { FirstTokenBoundaries = MetricFamilies.FirstTokenBoundaries };
        foreach (var requests in Read(metrics.Requests))
        {
            var backend = Backend(totals, requests["backend"]);
            backend.Requests += requests.Value;
            backend.Failures += requests["status"] is "500" or "502" or "503" or "504" ? requests.Value : 0;
        }

        foreach (var errors in Read(metrics.Errors))
        {
            totals.Errors[new ErrorKind(errors["backend"], errors["source"], errors["cause"])] = errors.Value;
            Backend(totals, errors["backend"]).Failures += errors["cause"] == Interrupted ? errors.Value : 0;
        }

        foreach (var retries in Read(metrics.Retries))
        {
            Backend(totals, retries["backend"]).Retries += retries.Value;
        }

        foreach (var fallbacks in Read(metrics.Fallbacks))
        {
            Backend(totals, fallbacks["backend"]).Fallbacks[fallbacks["fallback"]] = fallbacks.Value;
        }

        foreach (var (backend, times) in metrics.FirstTokens)
        {
            Backend(totals, backend).AddFirstToken(times.Counts);
        }

        foreach (var tokens in Read(metrics.Tokens))
        {
            AddTokens(totals, tokens);
        }

        return totals;
    }

    private static void AddTokens(Totals totals, Series tokens)
    {
        var (key, backend) = (tokens["key"], Backend(totals, tokens["backend"]));
        var used = totals.Keys.GetValueOrDefault(key) ?? new KeyTokens(0, 0, 0);
        switch (tokens["type"])
        {
            case "input":
                backend.InputTokens += tokens.Value;
                totals.Keys[key] = used with { Input = used.Input + tokens.Value };
                break;
            case "output":
                backend.OutputTokens += tokens.Value;
                totals.Keys[key] = used with { Output = used.Output + tokens.Value };
                break;
            default:
                totals.Keys[key] = used with { Cached = used.Cached + tokens.Value };
                break;
        }
    }

    private static BackendTotals Backend(Totals totals, string name)
    {
        if (!totals.Backends.TryGetValue(name, out var backend))
        {
            totals.Backends[name] = backend = new BackendTotals();
        }

        return backend;
    }

    private static IEnumerable<Series> Read(Counter counter) =>
        counter.GetAllLabelValues().Select(values => new Series(counter.LabelNames, values, (long)counter.WithLabels(values).Value));

    /// <summary>One series of a counter; its labels are read by their names.</summary>
    private readonly record struct Series(string[] Names, string[] Values, long Value)
    {
        public string this[string label] => Values[Array.IndexOf(Names, label)];
    }
}
