using System.Globalization;
using Prometheus;

namespace Gateway.Proxy.Telemetry;

/// <summary>Requests that count with the same labels.</summary>
internal readonly record struct RequestKind(string Endpoint, string Backend, string Model, int Status, string Outcome);

/// <summary>The series of one kind of request, found once a request. A series is shown from its first event on.</summary>
internal sealed class RequestSeries(MetricFamilies metrics, RequestKind kind)
{
    private static readonly string[] KnownUsages = ["missing", "partial", "estimated", "reported"];

    private Histogram.Child? _duration;
    private Histogram.Child? _firstToken;
    private Histogram.Child? _perToken;
    private Histogram.Child? _overhead;
    private Histogram.Child? _queue;
    private BucketCounts? _firstTokens;
    private readonly Counter.Child?[] _usage = new Counter.Child?[KnownUsages.Length];

    public RequestKind Kind => kind;

    public Counter.Child Requests { get; } =
        metrics.Requests.WithLabels(kind.Endpoint, kind.Backend, kind.Model, kind.Status.ToString(CultureInfo.InvariantCulture));

    public Histogram.Child Duration => _duration ??= metrics.Duration.WithLabels(kind.Endpoint, kind.Backend, kind.Model, kind.Outcome);

    public Histogram.Child PerToken => _perToken ??= metrics.PerToken.WithLabels(kind.Endpoint, kind.Backend, kind.Model);

    public Histogram.Child Overhead => _overhead ??= metrics.Overhead.WithLabels(kind.Backend);

    public Histogram.Child Queue => _queue ??= metrics.Queue.WithLabels(kind.Backend);

    public Counter.Child UsageOf(KnownUsage known) =>
        _usage[(int)known] ??= metrics.Usage.WithLabels(kind.Backend, kind.Model, KnownUsages[(int)known]);

    public void AddFirstToken(double seconds)
    {
        (_firstToken ??= metrics.FirstToken.WithLabels(kind.Endpoint, kind.Backend, kind.Model)).Observe(seconds);
        (_firstTokens ??= metrics.FirstTokensOf(kind.Backend)).Add(seconds);
    }
}

/// <summary>How the tokens of an answer are known.</summary>
internal enum KnownUsage
{
    Missing,
    Partial,
    Estimated,
    Reported,
}

/// <summary>Tokens that count with the same labels, without their type.</summary>
internal readonly record struct TokenKind(string Key, string Backend, string Model);

/// <summary>The series of one client key's tokens.</summary>
internal sealed class TokenSeries(MetricFamilies metrics, TokenKind kind)
{
    private readonly TypeSeries _input = new(metrics, kind, "input");
    private readonly TypeSeries _output = new(metrics, kind, "output");
    private readonly TypeSeries _cached = new(metrics, kind, "cached");

    public void Add(in TokenUsage usage)
    {
        _input.Add(usage.Input);
        _output.Add(usage.Output);
        _cached.Add(usage.Cached);
    }

    private sealed class TypeSeries(MetricFamilies metrics, TokenKind kind, string type)
    {
        private Counter.Child? _total;
        private Histogram.Child? _perRequest;

        public void Add(long tokens)
        {
            if (tokens > 0)
            {
                (_total ??= metrics.Tokens.WithLabels(kind.Key, kind.Backend, kind.Model, type)).Inc(tokens);
                (_perRequest ??= metrics.TokensPerRequest.WithLabels(kind.Backend, kind.Model, type)).Observe(tokens);
            }
        }
    }
}
