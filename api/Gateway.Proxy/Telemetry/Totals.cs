using Prometheus;

namespace Gateway.Proxy.Telemetry;

/// <summary>Everything that was collected since the start, summed by what people ask for.</summary>
public sealed record Totals
{
    /// <summary>By name; those of no name are requests that reached no backend.</summary>
    public Dictionary<string, BackendTotals> Backends { get; } = new(StringComparer.Ordinal);

    public Dictionary<ErrorKind, long> Errors { get; } = [];

    /// <summary>By the name of the client key.</summary>
    public Dictionary<string, KeyTokens> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>Upper ends of the buckets of <see cref="BackendTotals.FirstToken"/>, in seconds; the last bucket has none.</summary>
    public double[] FirstTokenBoundaries { get; set; } = [];
}

/// <summary>Failed requests of one sort.</summary>
/// <param name="Backend">Name of the backend; empty where none was reached.</param>
/// <param name="Source">Who said so: <c>gateway</c>, <c>engine</c> or <c>client</c>.</param>
/// <param name="Cause">A code of <see cref="ErrorCause"/>.</param>
public sealed record ErrorKind(string Backend, string Source, string Cause);

/// <summary>Tokens that a client key has used since the start of the gateway.</summary>
public sealed record KeyTokens(long Input, long Output, long Cached);

/// <summary>What a backend has done since the start of the gateway, summed over all that was collected of it.</summary>
public sealed class BackendTotals
{
    public long Requests { get; set; }

    /// <summary>Requests answered 500, 502, 503 or 504, and streams that broke after they had begun, as dashboard and alerts
    /// count.</summary>
    public long Failures { get; set; }

    /// <summary>Further attempts after a failed one at this backend.</summary>
    public long Retries { get; set; }

    /// <summary>Requests that another backend has answered in its place, by the name of the other.</summary>
    public Dictionary<string, long> Fallbacks { get; } = new(StringComparer.Ordinal);

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    /// <summary>Streamed requests by their time to the first token, one count for each bucket; empty before the first.</summary>
    public long[] FirstToken { get; set; } = [];

    public void Add(BackendTotals other)
    {
        Requests += other.Requests;
        Failures += other.Failures;
        InputTokens += other.InputTokens;
        OutputTokens += other.OutputTokens;
        AddFirstToken(other.FirstToken);
    }

    public void AddFirstToken(ReadOnlySpan<long> counts)
    {
        if (FirstToken.Length < counts.Length)
        {
            FirstToken = [.. FirstToken, .. new long[counts.Length - FirstToken.Length]];
        }

        for (var i = 0; i < counts.Length; i++)
        {
            FirstToken[i] += Volatile.Read(in counts[i]);
        }
    }
}

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
