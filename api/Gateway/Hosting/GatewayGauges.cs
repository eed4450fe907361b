using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Routing;
using Gateway.Proxy.Telemetry;
using Gateway.Reload;
using Polly.CircuitBreaker;

namespace Gateway.Hosting;

/// <summary>What holds at the moment of a scrape: requests in flight, queues, states, the engines' load in one vocabulary.</summary>
internal sealed class GatewayGauges
{
    private static readonly EngineState[] States = Enum.GetValues<EngineState>();
    private readonly LiveGateway _gateway;

    public GatewayGauges(MetricsRegistry metrics, LiveGateway gateway, KeyLimiter limiter, Lifecycle lifecycle, LogLoss loss)
    {
        _gateway = gateway;
        ProcessGauges.Add(metrics);
        metrics.Gauge("gateway_requests_in_flight", "Requests that are being answered.", () => lifecycle.Running);
        metrics.Gauge("gateway_draining", "1 while the gateway drains its last requests.", () => lifecycle.Draining ? 1 : 0);
        metrics.Gauge(
            "gateway_config_replaced_in_use", "Replaced settings that still have requests in progress.", () => lifecycle.ReplacedInUse);
        metrics.Gauge(
            "gateway_config_last_reload_success", "1 if the last reload succeeded, 0 if it was refused.",
            () => gateway.History.LastTaken ? 1 : 0);
        metrics.Gauge("gateway_config_last_reload_success_timestamp_seconds", "Time of the last successful reload, as Unix time.", TakenAt);
        metrics.Gauge("gateway_queue_depth", "Requests waiting for admission to their backend.", ["backend"], Queues);
        metrics.Gauge("gateway_queue_limit", "Maximum requests waiting for admission to their backend.", ["backend"], QueueLimits);
        metrics.Gauge(
            "gateway_retry_budget_ratio", "Retries that a backend allows, as a long-term share of its requests.",
            ["backend"], RetryBudgets);
        metrics.Gauge("gateway_backend_state", "1 for the state a backend is in, 0 for the others.", ["backend", "state"], BackendStates);
        metrics.Gauge(
            "gateway_backend_covered", "1 while a usable fallback covers every model that a backend lists.",
            ["backend"], Covered);
        metrics.Gauge(
            "gateway_breaker_state", "1 for the state a replica's breaker is in, 0 for the others.",
            ["backend", "replica", "state"], BreakerStates);
        metrics.Gauge(
            "gateway_key_monthly_tokens_used", "Tokens used this month by a key with a monthly quota.",
            ["key"], () => Quotas(key => limiter.UsedThisMonth(key.Name)));
        metrics.Gauge(
            "gateway_key_monthly_tokens_limit", "The monthly quota of a key.",
            ["key"], () => Quotas(static key => key.Limits.MonthlyTokens!.Value));
        metrics.Total(
            "gateway_log_lines_dropped_total", "Log lines dropped because their reader did not keep up.",
            () => loss.Lines);
        AddReplicas(metrics);
    }

    private IReadOnlyList<Backend> Backends => _gateway.Current?.Backends.All ?? [];

    private IEnumerable<Reading> Quotas(Func<ClientKey, long> read) =>
        (_gateway.Current?.Settings.ApiKeys ?? [])
            .Where(key => key.Limits.MonthlyTokens is not null)
            .Select(key => new Reading(read(key), key.Name));

    private double TakenAt() => (_gateway.History.TakenAt?.ToUnixTimeMilliseconds() ?? 0) / 1000.0;

    private void AddReplicas(MetricsRegistry metrics)
    {
        metrics.Gauge(
            "gateway_replica_ready", "1 while a replica is ready.",
            ["backend", "replica"], () => Replicas(static replica => replica.State == EngineState.Ready ? 1 : 0));
        metrics.Gauge(
            "gateway_replica_requests_in_flight", "Requests that a replica is answering for this gateway.",
            ["backend", "replica"], () => Replicas(static replica => replica.InFlight));
        metrics.Gauge(
            "gateway_engine_requests_running", "Requests running in the engine, as the engine reports.",
            ["backend", "replica"], () => Replicas(static replica => replica.Load?.Running));
        metrics.Gauge(
            "gateway_engine_requests_waiting", "Requests in the engine's queue, as the engine reports.",
            ["backend", "replica"], () => Replicas(static replica => replica.Load?.Waiting));
        metrics.Gauge(
            "gateway_engine_kv_cache_usage_ratio", "Fill of the engine's KV cache.",
            ["backend", "replica"], () => Replicas(static replica => replica.Load?.KvCacheUsage));
        metrics.Gauge(
            "gateway_engine_prefix_cache_hit_ratio", "Share of prompt tokens that the engine found in its prefix cache.",
            ["backend", "replica"], () => Replicas(static replica => replica.Load?.PrefixCacheHitRatio));
    }

    private IEnumerable<Reading> Queues() =>
        _gateway.Current is { } current
            ? current.Backends.All.Select(backend => new Reading(current.Admission.QueueOf(backend).Queued, backend.Name))
            : [];

    private IEnumerable<Reading> QueueLimits() =>
        from backend in Backends
        let admission = backend.Settings.Admission
        select new Reading(admission.MaxConcurrency is null ? 0 : admission.MaxQueue, backend.Name);

    private IEnumerable<Reading> RetryBudgets() =>
        Backends.Select(backend => new Reading(backend.Settings.Resilience.RetryBudget, backend.Name));

    private IEnumerable<Reading> BackendStates()
    {
        foreach (var backend in Backends)
        {
            var now = backend.State;
            foreach (var state in States)
            {
                yield return new(state == now ? 1 : 0, backend.Name, HealthEndpoints.Word(state));
            }
        }
    }

    private IEnumerable<Reading> Covered()
    {
        if (_gateway.Current is not { } current)
        {
            return [];
        }

        var cover = new FallbackCover(current.Settings, current.Backends);
        return current.Backends.All.Select(backend => new Reading(cover.Covers(backend) ? 1 : 0, backend.Name));
    }

    private IEnumerable<Reading> BreakerStates()
    {
        foreach (var (backend, replica) in Backends.SelectMany(backend => backend.Replicas.Select(replica => (backend, replica))))
        {
            var now = replica.Breaker.State;
            yield return new(now == CircuitState.Closed ? 1 : 0, backend.Name, replica.Name, "closed");
            yield return new(now == CircuitState.HalfOpen ? 1 : 0, backend.Name, replica.Name, "half_open");
            yield return new(now is CircuitState.Open or CircuitState.Isolated ? 1 : 0, backend.Name, replica.Name, "open");
        }
    }

    private IEnumerable<Reading> Replicas(Func<Replica, double?> read)
    {
        foreach (var backend in Backends)
        {
            foreach (var replica in backend.Replicas)
            {
                if (read(replica) is { } value)
                {
                    yield return new(value, backend.Name, replica.Name);
                }
            }
        }
    }
}
