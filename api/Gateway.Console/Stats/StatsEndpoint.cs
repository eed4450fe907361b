using System.Globalization;
using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Pipeline;

namespace Gateway.Console.Stats;

/// <summary>
/// <c>GET /stats</c>: what the gateway is doing, small enough to be asked every other second. <c>?backend=</c> gives the history
/// of one backend, <c>?since=</c> (Unix milliseconds) only what is newer. For the operator's key only.
/// </summary>
public sealed class StatsEndpoint(StatsHistory history, CurrentSnapshot snapshot, ReloadHistory reloads, Lifecycle lifecycle, TimeProvider clock)
{
    public async Task WriteAsync(HttpContext context)
    {
        var backend = context.Request.Query["backend"].ToString() is { Length: > 0 } name ? name : null;
        var since = long.TryParse(context.Request.Query["since"], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? milliseconds : 0;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, GatewayJson.WriterOptions);
        json.WriteStartObject();
        json.WriteNumber("now"u8, clock.GetUtcNow().ToUnixTimeMilliseconds());
        json.WriteString("version"u8, Lifecycle.Version);
        json.WriteNumber("interval_seconds"u8, StatsSampler.Interval.TotalSeconds);
        json.WriteNumber("requests_in_flight"u8, lifecycle.Running);
        json.WriteBoolean("draining"u8, lifecycle.Draining);
        json.WriteBoolean("keys_needed"u8, snapshot.Value is { Keys.Anonymous: false });
        StatsHistoryWriter.Write(json, backend, history.Points(backend, since));
        WriteRefused(json);
        WriteBackends(json);
        WriteErrors(json);
        json.WriteEndObject();
    }

    // New settings that were refused matter until others are taken: a restart would fail on them.
    private void WriteRefused(Utf8JsonWriter json)
    {
        if (reloads.All is not [{ Taken: false } refused, ..])
        {
            return;
        }

        json.WriteStartObject("settings_refused"u8);
        json.WriteNumber("at"u8, refused.At.ToUnixTimeMilliseconds());
        json.WriteString("trigger"u8, refused.Trigger);
        json.WriteStartArray("reasons"u8);
        foreach (var reason in refused.Faults)
        {
            json.WriteStringValue(reason);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteBackends(Utf8JsonWriter json)
    {
        json.WriteStartArray("backends"u8);
        if (snapshot.Value is { } current)
        {
            foreach (var backend in current.Backends.All)
            {
                WriteBackend(json, current, backend);
            }
        }

        json.WriteEndArray();
    }

    private void WriteBackend(Utf8JsonWriter json, GatewaySnapshot current, Backend backend)
    {
        var limits = backend.Settings.Admission;
        var totals = history.Latest?.Backends.GetValueOrDefault(backend.Name);
        json.WriteStartObject();
        json.WriteString("name"u8, backend.Name);
        json.WriteString("kind"u8, backend.Profile.Id);
        json.WriteString("engine"u8, backend.Profile.DisplayName);
        json.WriteString("state"u8, HealthEndpoints.Word(backend.State));
        json.WriteNumber("models"u8, backend.Models.All.Count);
        json.WriteNumber("requests_total"u8, totals?.Requests ?? 0);
        json.WriteNumber("failures_total"u8, totals?.Failures ?? 0);
        json.WriteNumber("retries_total"u8, totals?.Retries ?? 0);
        json.WriteStartObject("fallbacks_total"u8);
        foreach (var (fallback, answered) in totals?.Fallbacks ?? [])
        {
            json.WriteNumber(fallback, answered);
        }

        json.WriteEndObject();
        if (limits.MaxConcurrency is { } most)
        {
            json.WriteNumber("max_concurrency"u8, most);
            json.WriteNumber("max_queue"u8, limits.MaxQueue);
            json.WriteNumber("queued"u8, current.Admission.QueueOf(backend).Queued);
        }

        StatsHistoryWriter.WriteRates(json, history.Last(backend.Name));
        json.WriteStartArray("replicas"u8);
        foreach (var replica in backend.Replicas)
        {
            WriteReplica(json, replica);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteReplica(Utf8JsonWriter json, Replica replica)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, replica.Name);
        json.WriteString("state"u8, HealthEndpoints.Word(replica.State));
        json.WriteString("breaker"u8, replica.Breaker.State.ToString());
        json.WriteNumber("in_flight"u8, replica.InFlight);
        StatsHistoryWriter.WriteKnown(json, "engine_running", replica.Load?.Running);
        StatsHistoryWriter.WriteKnown(json, "engine_waiting", replica.Load?.Waiting);
        StatsHistoryWriter.WriteKnown(json, "kv_cache_usage_ratio", replica.Load?.KvCacheUsage);
        StatsHistoryWriter.WriteKnown(json, "prefix_cache_hit_ratio", replica.Load?.PrefixCacheHitRatio);
        json.WriteEndObject();
    }

    private void WriteErrors(Utf8JsonWriter json)
    {
        json.WriteStartArray("errors"u8);
        foreach (var (kind, count, last) in history.Errors())
        {
            json.WriteStartObject();
            json.WriteString("backend"u8, kind.Backend);
            json.WriteString("source"u8, kind.Source);
            json.WriteString("cause"u8, kind.Cause);
            json.WriteNumber("count"u8, count);
            json.WriteNumber("last_seen"u8, last);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
