using System.Collections.Concurrent;
using Prometheus;

namespace Gateway.Proxy.Telemetry;

/// <summary>The metrics of requests and settings: names, labels and buckets. Dashboard, rules and alerts read these names.</summary>
internal sealed class MetricFamilies(MetricsRegistry registry)
{
    // 5 ms to 10 min, 1 ms to 2 s, 10 µs to 100 ms: what requests, tokens and the gateway's own work take.
    private static readonly double[] RequestTimes = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 600];
    private static readonly double[] TokenTimes =
        [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2];

    private static readonly double[] OwnTimes =
        [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1];

    private static readonly double[] TokenCounts = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576];

    private readonly ConcurrentDictionary<string, BucketCounts> _firstTokens = new(StringComparer.Ordinal);

    public Histogram Duration { get; } = registry.Histogram(
        "gen_ai_server_request_duration_seconds", "Time from a request's arrival to the end of its answer.",
        RequestTimes, "endpoint", "backend", "model", "outcome");

    public Histogram FirstToken { get; } = registry.Histogram(
        "gen_ai_server_time_to_first_token_seconds", "Time from a streamed request's arrival to its first content.",
        RequestTimes, "endpoint", "backend", "model");

    public Histogram PerToken { get; } = registry.Histogram(
        "gen_ai_server_time_per_output_token_seconds", "Time between output tokens of a stream, after the first.",
        TokenTimes, "endpoint", "backend", "model");

    public Histogram Overhead { get; } = registry.Histogram(
        "gateway_overhead_seconds", "Time spent in the gateway before the engine is called: without the client's upload, queue and engine.",
        OwnTimes, "backend");

    public Histogram Queue { get; } = registry.Histogram(
        "gateway_queue_seconds", "Time that requests waited for admission to their backend.", RequestTimes, "backend");

    public Histogram TokensPerRequest { get; } = registry.Histogram(
        "gen_ai_client_token_usage", "Tokens of a request, by type.", TokenCounts, "backend", "model", "type");

    public Counter Requests { get; } = registry.Counter(
        "gateway_requests_total", "Requests that have ended.", "endpoint", "backend", "model", "status");

    public Counter Tokens { get; } = registry.Counter(
        "gateway_tokens_total", "Tokens by client key, backend, model and type.", "key", "backend", "model", "type");

    public Counter Usage { get; } = registry.Counter(
        "gateway_usage_total",
        "Answers by the source of their token counts: reported, estimated (the engine counts one of several choices), " +
        "partial (broken stream: what was relayed), or missing.",
        "backend", "model", "usage");

    public Counter Retries { get; } = registry.Counter(
        "gateway_retries_total", "Additional attempts after a failure, by its cause.", "backend", "reason");

    public Counter Fallbacks { get; } = registry.Counter(
        "gateway_fallbacks_total", "Requests answered by another backend than the model's own.", "backend", "fallback");

    public Counter Rejections { get; } = registry.Counter(
        "gateway_rejections_total", "Requests that the gateway refused without calling an engine.", "backend", "reason");

    public Counter Errors { get; } = registry.Counter(
        "gateway_errors_total", "Requests that failed, by source and cause.", "backend", "source", "cause");

    public Counter Reloads { get; } = registry.Counter(
        "gateway_config_reloads_total", "Reloads of settings, by result.", "outcome");

    public Counter Defects { get; } = registry.Counter(
        "gateway_defects_total",
        "Unexpected exceptions in background work, by component. " +
        "Each is in the log with its stack trace.",
        "part");

    /// <summary>Upper ends of the buckets of <see cref="FirstTokens"/>, in seconds.</summary>
    public static double[] FirstTokenBoundaries => RequestTimes;

    /// <summary>The counts of <see cref="FirstToken"/> by the name of the backend.</summary>
    public IEnumerable<KeyValuePair<string, BucketCounts>> FirstTokens => _firstTokens;

    public BucketCounts FirstTokensOf(string backend) => _firstTokens.GetOrAdd(backend, static _ => new BucketCounts(RequestTimes));
}
