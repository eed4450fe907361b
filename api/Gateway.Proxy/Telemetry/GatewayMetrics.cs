using System.Collections.Concurrent;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Pipeline;
using Prometheus;

namespace Gateway.Proxy.Telemetry;

/// <summary>Everything that is counted and timed, one method an event. A request is recorded once, when it has ended.</summary>
public sealed class GatewayMetrics
{
    /// <summary>The most label sets of requests and of tokens; a safeguard, since labels are bounded where they are made.</summary>
    private const int MostKinds = 20_000;

    // The benchmark measures with it what counting costs. Users have no such setting.
    private static readonly bool Enabled = !AppContext.TryGetSwitch("Gateway.Metrics.Enabled", out var enabled) || enabled;

    private readonly TimeProvider _clock;
    private readonly BoundedLabel _models = new();
    private readonly ConcurrentDictionary<RequestKind, RequestSeries> _requests = [];
    private readonly ConcurrentDictionary<TokenKind, TokenSeries> _tokens = [];
    private readonly Counter.Child _taken;
    private readonly Counter.Child _refused;

    public GatewayMetrics(MetricsRegistry registry, TimeProvider clock)
    {
        _clock = clock;
        Families = new MetricFamilies(registry);

        // A zero from the start: the first event would otherwise be no rise.
        (_taken, _refused) = (Families.Reloads.WithLabels("taken"), Families.Reloads.WithLabels("refused"));
    }

    internal MetricFamilies Families { get; }

    public void Reloaded(bool taken) => (taken ? _taken : _refused).Inc();

    public void Defective(string part) => Families.Defects.WithLabels(part).Inc();

    public void Retried(string backend, string reason) => Families.Retries.WithLabels(backend, reason).Inc();

    /// <summary>The request has ended.</summary>
    public void RequestEnded(GatewayFeature request, int status)
    {
        if (!Enabled)
        {
            return;
        }

        var backend = request.Backend ?? "";
        var model = _models.Of(request.ServedModel ?? (request.Model is null ? "" : BoundedLabel.Other));
        var endpoint = request.Endpoint?.Route ?? BoundedLabel.Other;
        var series = SeriesOf(new RequestKind(endpoint, backend, model, Math.Clamp(status, 0, 599), Word(request.Outcome)));
        series.Requests.Inc();
        if (request.Outcome is not (Outcome.Ok or Outcome.Pending))
        {
            RecordFailure(request, backend);
        }

        if (request is { Outcome: Outcome.Ok or Outcome.Interrupted, OwnBackend: { } own } && own != backend)
        {
            Families.Fallbacks.WithLabels(own, backend).Inc();
        }

        if (backend.Length > 0)
        {
            RecordTimes(request, series);
            RecordTokens(request, series);
        }
    }

    private void RecordFailure(GatewayFeature request, string backend)
    {
        var cause = ErrorCause.Of(request);
        if (request.Outcome == Outcome.GatewayError && request.Attempts == 0)
        {
            Families.Rejections.WithLabels(backend, cause).Inc();
        }

        var source = request.Outcome == Outcome.EngineError ? "engine" : request.Outcome == Outcome.Canceled ? "client" : "gateway";
        Families.Errors.WithLabels(backend, source, cause).Inc();
    }

    private void RecordTimes(GatewayFeature request, RequestSeries series)
    {
        var ended = _clock.GetTimestamp();
        series.Duration.Observe(_clock.GetElapsedTime(request.StartedAt, ended).TotalSeconds);
        if (request.QueuedFor > 0)
        {
            series.Queue.Observe(Seconds(request.QueuedFor));
        }

        if (request.FirstSentAt != 0)
        {
            var own = request.FirstSentAt - request.StartedAt - request.QueuedFor - request.ReadingFor;
            series.Overhead.Observe(Math.Max(0, Seconds(own)));
        }

        if (request is not { Streamed: true, FirstTokenAt: not 0 })
        {
            return;
        }

        series.AddFirstToken(Seconds(request.FirstTokenAt - request.StartedAt));
        if (request is { Outcome: Outcome.Ok, Usage.Output: > 1 })
        {
            series.PerToken.Observe(Seconds(ended - request.FirstTokenAt) / (request.Usage.Output - 1));
        }
    }

    private void RecordTokens(GatewayFeature request, RequestSeries series)
    {
        var usage = request.Usage;
        var (backend, model) = (series.Kind.Backend, series.Kind.Model);
        if (usage.Counted)
        {
            TokensOf(new TokenKind(request.KeyName ?? "", backend, model)).Add(usage);
        }

        // An engine that refused has used nothing, and not every endpoint has tokens to count.
        var answered = request.Outcome is Outcome.Ok or Outcome.Interrupted || request is { Outcome: Outcome.Canceled, Streamed: true };
        if (usage.Counted || (answered && request.Endpoint is { Stream: not StreamShape.None }))
        {
            series.UsageOf(KnowledgeOf(usage, request.Outcome)).Inc();
        }
    }

    private static KnownUsage KnowledgeOf(in TokenUsage usage, Outcome outcome) => usage switch
    {
        { Counted: false } => KnownUsage.Missing,
        _ when outcome != Outcome.Ok => KnownUsage.Partial,
        { Estimated: true } => KnownUsage.Estimated,
        _ => KnownUsage.Reported,
    };

    private RequestSeries SeriesOf(RequestKind kind)
    {
        if (_requests.TryGetValue(kind, out var series))
        {
            return series;
        }

        // Count takes every lock of the dictionary, but only a kind that is new comes here.
        kind = _requests.Count < MostKinds ? kind : kind with { Model = BoundedLabel.Other };
        return _requests.GetOrAdd(kind, static (kind, metrics) => new RequestSeries(metrics.Families, kind), this);
    }

    private TokenSeries TokensOf(TokenKind kind)
    {
        if (_tokens.TryGetValue(kind, out var series))
        {
            return series;
        }

        kind = _tokens.Count < MostKinds ? kind : kind with { Key = BoundedLabel.Other, Model = BoundedLabel.Other };
        return _tokens.GetOrAdd(kind, static (kind, metrics) => new TokenSeries(metrics.Families, kind), this);
    }

    private double Seconds(long ticks) => (double)ticks / _clock.TimestampFrequency;

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
