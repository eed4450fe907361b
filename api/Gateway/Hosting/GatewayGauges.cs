using System.Diagnostics.Metrics;
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

/// <summary>What is so at the moment of a scrape: requests in flight, queues, states, and the engines' own load in one vocabulary.</summary>
internal sealed class GatewayGauges
{
    private static readonly EngineState[] States = Enum.GetValues<EngineState>();
    private readonly LiveGateway _gateway;

    public GatewayGauges(GatewayMetrics metrics, LiveGateway gateway, KeyLimiter limiter, Lifecycle lifecycle, LogLoss loss)
    {
        _gateway = gateway;
        var meter = metrics.Meter;
        ProcessGauges.Add(meter);
        meter.CreateObservableGauge("gateway.requests_in_flight", () => (long)lifecycle.Running, null, "Requests that are being answered.");
        meter.CreateObservableGauge("gateway.draining", () => lifecycle.Draining ? 1L : 0, null, "1 while the gateway finishes its last requests.");
        meter.CreateObservableGauge("gateway.config.replaced_in_use", () => (long)lifecycle.ReplacedInUse, null, "Earlier settings that still have requests to answer.");
        meter.CreateObservableGauge("gateway.config.last_reload_success", () => gateway.History.LastTaken ? 1L : 0, null, "1 while the settings that came last are in force, 0 after a refusal.");
        meter.CreateObservableGauge("gateway.config.last_reload_success_timestamp", () => TakenAt(), "s", "When settings were taken last, as Unix time.");
        meter.CreateObservableGauge("gateway.queue_depth", () => Queues(), null, "Requests that wait for a place at their backend.");
        meter.CreateObservableGauge("gateway.queue_limit", () => QueueLimits(), null, "Requests that may wait for a place at their backend.");
        meter.CreateObservableGauge("gateway.retry_budget", () => RetryBudgets(), "1", "Retries that a backend allows, as a share of its requests over the long run.");
        meter.CreateObservableGauge("gateway.backend_state", () => BackendStates(), null, "1 for the state a backend is in, 0 for the others.");
        meter.CreateObservableGauge("gateway.backend_covered", () => Covered(), null, "1 while a usable fallback answers for every model that a backend lists.");
        meter.CreateObservableGauge("gateway.breaker_state", () => BreakerStates(), null, "1 for the state a replica's breaker is in, 0 for the others.");
        meter.CreateObservableGauge("gateway.key.monthly_tokens_used", () => Quotas(key => limiter.UsedThisMonth(key.Name)), null, "Tokens of the running month that a key with a monthly quota has used.");
        meter.CreateObservableGauge("gateway.key.monthly_tokens_limit", () => Quotas(static key => key.Limits.MonthlyTokens!.Value), null, "The monthly quota of a key.");
        meter.CreateObservableCounter("gateway.log.lines_dropped", () => loss.Lines, null, "Lines of the log that were dropped because its reader did not keep up.");
        AddReplicas(meter);
    }

    private IReadOnlyList<Backend> Backends => _gateway.Current?.Backends.All ?? [];

    private IEnumerable<Measurement<long>> Quotas(Func<ClientKey, long> read) =>
        (_gateway.Current?.Settings.ApiKeys ?? []).Where(key => key.Limits.MonthlyTokens is not null).Select(key => new Measurement<long>(read(key), new KeyValuePair<string, object?>("key", key.Name)));

    private double TakenAt() => (_gateway.History.TakenAt?.ToUnixTimeMilliseconds() ?? 0) / 1000.0;

    private void AddReplicas(Meter meter)
    {
        meter.CreateObservableGauge("gateway.replica_ready", () => Replicas(static replica => replica.State == EngineState.Ready ? 1 : 0), null, "1 while a replica is ready.");
        meter.CreateObservableGauge("gateway.replica_requests_in_flight", () => Replicas(static replica => replica.InFlight), null, "Requests that a replica is answering for this gateway.");
        meter.CreateObservableGauge("gateway.engine_requests_running", () => Replicas(static replica => replica.Load?.Running), null, "Requests the engine works on, as it says itself.");
        meter.CreateObservableGauge("gateway.engine_requests_waiting", () => Replicas(static replica => replica.Load?.Waiting), null, "Requests in the engine's own queue, as it says itself.");
        meter.CreateObservableGauge("gateway.engine_kv_cache_usage", () => Replicas(static replica => replica.Load?.KvCacheUsage), "1", "Fill of the engine's KV cache.");
        meter.CreateObservableGauge("gateway.engine_prefix_cache_hit", () => Replicas(static replica => replica.Load?.PrefixCacheHitRatio), "1", "Share of prompt tokens that the engine found in its prefix cache.");
    }

    private IEnumerable<Measurement<long>> Queues()
    {
        var generation = _gateway.Current;
        foreach (var backend in Backends)
        {
            yield return new(generation!.Admission.QueueOf(backend).Queued, new KeyValuePair<string, object?>("backend", backend.Name));
        }
    }

    private IEnumerable<Measurement<long>> QueueLimits() =>
        Backends.Select(backend => new Measurement<long>(backend.Settings.Admission.MaxConcurrency is null ? 0 : backend.Settings.Admission.MaxQueue, new KeyValuePair<string, object?>("backend", backend.Name)));

    private IEnumerable<Measurement<double>> RetryBudgets() =>
        Backends.Select(backend => new Measurement<double>(backend.Settings.Resilience.RetryBudget, new KeyValuePair<string, object?>("backend", backend.Name)));

    private IEnumerable<Measurement<long>> BackendStates()
    {
        foreach (var backend in Backends)
        {
            var now = backend.State;
            foreach (var state in States)
            {
                yield return new(state == now ? 1 : 0, new("backend", backend.Name), new KeyValuePair<string, object?>("state", HealthEndpoints.Word(state)));
            }
        }
    }

    private IEnumerable<Measurement<long>> Covered()
    {
        if (_gateway.Current is not { } current)
        {
            yield break;
        }

        var cover = new FallbackCover(current.Settings, current.Backends);
        foreach (var backend in current.Backends.All)
        {
            yield return new(cover.Covers(backend) ? 1 : 0, new KeyValuePair<string, object?>("backend", backend.Name));
        }
    }

    private IEnumerable<Measurement<long>> BreakerStates()
    {
        foreach (var (backend, replica) in Backends.SelectMany(backend => backend.Replicas.Select(replica => (backend, replica))))
        {
            var now = replica.Breaker.State;
            yield return Breaker(backend, replica, "closed", now == CircuitState.Closed);
            yield return Breaker(backend, replica, "half_open", now == CircuitState.HalfOpen);
            yield return Breaker(backend, replica, "open", now is CircuitState.Open or CircuitState.Isolated);
        }
    }

    private static Measurement<long> Breaker(Backend backend, Replica replica, string state, bool now) =>
        new(now ? 1 : 0, new("backend", backend.Name), new("replica", replica.Name), new KeyValuePair<string, object?>("state", state));

    private IEnumerable<Measurement<double>> Replicas(Func<Replica, double?> read)
    {
        foreach (var backend in Backends)
        {
            foreach (var replica in backend.Replicas)
            {
                if (read(replica) is { } value)
                {
                    yield return new(value, new("backend", backend.Name), new KeyValuePair<string, object?>("replica", replica.Name));
                }
            }
        }
    }
}
