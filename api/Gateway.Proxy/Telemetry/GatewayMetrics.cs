using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Telemetry;

/// <summary>Everything that is counted and timed, one method an event. A request is recorded once, when it has ended.</summary>
public sealed class GatewayMetrics
{
    public const string MeterName = "gateway";

    // 5 ms to 10 min, 1 ms to 2 s, 10 µs to 100 ms: what requests, tokens and the gateway's own work take.
    private static readonly double[] RequestTimes = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 600];
    private static readonly double[] TokenTimes = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2];
    private static readonly double[] OwnTimes = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1];
    private static readonly double[] TokenCounts = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576];
    private static readonly string[] Statuses = [.. Enumerable.Range(0, 600).Select(status => status.ToString(CultureInfo.InvariantCulture))];

    private readonly TimeProvider _clock;
    private readonly BoundedLabel _models = new();
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<double> _perToken;
    private readonly Histogram<double> _overhead;
    private readonly Histogram<double> _queue;
    private readonly Histogram<long> _tokenUsage;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _usage;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _fallbacks;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _reloads;
    private readonly Counter<long> _defects;

    public GatewayMetrics(IMeterFactory factory, TimeProvider clock)
    {
        _clock = clock;
        Meter = factory.Create(MeterName);
        _duration = Times("gen_ai.server.request.duration", "Time from a request's arrival to the end of its answer.", RequestTimes);
        _firstToken = Times("gen_ai.server.time_to_first_token", "Time from a streamed request's arrival to its first content.", RequestTimes);
        _perToken = Times("gen_ai.server.time_per_output_token", "Time between output tokens of a stream, after the first.", TokenTimes);
        _overhead = Times("gateway.overhead", "The gateway's own time before the engine is asked: without the caller's upload, queue and engine.", OwnTimes);
        _queue = Times("gateway.queue", "Time that requests waited for a place at their backend.", RequestTimes);
        _tokenUsage = Meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Tokens of a request, by type.", null, Buckets<long>([.. TokenCounts.Select(count => (long)count)]));
        _requests = Counter("gateway.requests", "Requests that have ended.");
        _tokens = Counter("gateway.tokens", "Tokens by client key, backend, model and type.");
        _usage = Counter("gateway.usage", "Answers by how their tokens are known: reported, estimated (the engine counts one of several choices), partial (cut: what was relayed), or missing.");
        _retries = Counter("gateway.retries", "Further attempts after a failed one, by the cause of the failure.");
        _fallbacks = Counter("gateway.fallbacks", "Requests that another backend than the model's own has answered.");
        _rejections = Counter("gateway.rejections", "Requests that the gateway refused without asking an engine.");
        _errors = Counter("gateway.errors", "Requests that did not end well, by who said so and why.");
        _reloads = Counter("gateway.config.reloads", "New settings, by whether they were taken.");
        _defects = Counter("gateway.defects", "Exceptions in work of the background that nothing in the code expects, by the part that failed. Each is in the log with its stack.");
    }

    public Meter Meter { get; }

    /// <summary>Shows a zero where the first event would else come out of nothing, and be no rise.</summary>
    public void ShowZeros()
    {
        _reloads.Add(0, new KeyValuePair<string, object?>("outcome", "taken"));
        _reloads.Add(0, new KeyValuePair<string, object?>("outcome", "refused"));
    }

    public void Reloaded(bool taken) => _reloads.Add(1, new KeyValuePair<string, object?>("outcome", taken ? "taken" : "refused"));

    public void Defective(string part) => _defects.Add(1, new KeyValuePair<string, object?>("part", part));

    public void Retried(string backend, string reason) =>
        _retries.Add(1, new("backend", backend), new("reason", reason));

    /// <summary>The request has ended.</summary>
    public void RequestEnded(GatewayFeature request, int status)
    {
        if (!_requests.Enabled)
        {
            return;
        }

        var endpoint = request.Endpoint?.Route ?? "other";
        var backend = request.Backend ?? "";
        var model = _models.Of(request.ServedModel ?? (request.Model is null ? "" : BoundedLabel.Other));
        _requests.Add(1, new TagList { { "endpoint", endpoint }, { "backend", backend }, { "model", model }, { "status", Statuses[Math.Clamp(status, 0, 599)] } });
        if (request.Outcome is not (Outcome.Ok or Outcome.Pending))
        {
            RecordFailure(request, backend);
        }

        if (request is { Outcome: Outcome.Ok or Outcome.Interrupted, OwnBackend: { } own } && own != backend)
        {
            _fallbacks.Add(1, new("backend", own), new("fallback", backend));
        }

        if (backend.Length > 0)
        {
            RecordTimes(request, endpoint, backend, model);
            RecordTokens(request, backend, model);
        }
    }

    private void RecordFailure(GatewayFeature request, string backend)
    {
        var cause = ErrorCause.Of(request);
        if (request.Outcome == Outcome.GatewayError && request.Attempts == 0)
        {
            _rejections.Add(1, new("backend", backend), new("reason", cause));
        }

        var source = request.Outcome == Outcome.EngineError ? "engine" : request.Outcome == Outcome.Canceled ? "client" : "gateway";
        _errors.Add(1, new("backend", backend), new("source", source), new("cause", cause));
    }

    private void RecordTimes(GatewayFeature request, string endpoint, string backend, string model)
    {
        var ended = _clock.GetTimestamp();
        var elapsed = _clock.GetElapsedTime(request.StartedAt, ended).TotalSeconds;
        _duration.Record(elapsed, new TagList { { "endpoint", endpoint }, { "backend", backend }, { "model", model }, { "outcome", Word(request.Outcome) } });
        if (request.QueuedFor > 0)
        {
            _queue.Record(Seconds(request.QueuedFor), new KeyValuePair<string, object?>("backend", backend));
        }

        if (request.FirstSentAt != 0)
        {
            var own = request.FirstSentAt - request.StartedAt - request.QueuedFor - request.ReadingFor;
            _overhead.Record(Math.Max(0, Seconds(own)), new KeyValuePair<string, object?>("backend", backend));
        }

        if (request is not { Streamed: true, FirstTokenAt: not 0 })
        {
            return;
        }

        _firstToken.Record(Seconds(request.FirstTokenAt - request.StartedAt), new("endpoint", endpoint), new("backend", backend), new("model", model));
        if (request is { Outcome: Outcome.Ok, Usage.Output: > 1 })
        {
            _perToken.Record(Seconds(ended - request.FirstTokenAt) / (request.Usage.Output - 1), new("endpoint", endpoint), new("backend", backend), new("model", model));
        }
    }

    private void RecordTokens(GatewayFeature request, string backend, string model)
    {
        var usage = request.Usage;
        if (usage.Counted)
        {
            Count(usage.Input, "input", request, backend, model);
            Count(usage.Output, "output", request, backend, model);
            Count(usage.Cached, "cached", request, backend, model);
        }

        // An engine that refused has used nothing, and not every endpoint has tokens to count.
        var answered = request.Outcome is Outcome.Ok or Outcome.Interrupted || request is { Outcome: Outcome.Canceled, Streamed: true };
        if (usage.Counted || (answered && request.Endpoint is { Stream: not StreamShape.None }))
        {
            var known = !usage.Counted ? "missing" : request.Outcome != Outcome.Ok ? "partial" : usage.Estimated ? "estimated" : "reported";
            _usage.Add(1, new("backend", backend), new("model", model), new("usage", known));
        }
    }

    private void Count(long tokens, string type, GatewayFeature request, string backend, string model)
    {
        if (tokens > 0)
        {
            _tokens.Add(tokens, new TagList { { "key", request.KeyName ?? "" }, { "backend", backend }, { "model", model }, { "type", type } });
            _tokenUsage.Record(tokens, new("backend", backend), new("model", model), new("type", type));
        }
    }

    private double Seconds(long ticks) => (double)ticks / _clock.TimestampFrequency;

    private Counter<long> Counter(string name, string description) => Meter.CreateCounter<long>(name, null, description);

    private Histogram<double> Times(string name, string description, double[] buckets) => Meter.CreateHistogram(name, "s", description, null, Buckets(buckets));

    private static InstrumentAdvice<T> Buckets<T>(T[] boundaries)
        where T : struct => new() { HistogramBucketBoundaries = boundaries };

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Ok or Outcome.Pending => "ok",
        Outcome.EngineError => "engine_error",
        Outcome.GatewayError => "gateway_error",
        Outcome.Interrupted => "interrupted",
        Outcome.Canceled => "canceled",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
