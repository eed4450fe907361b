using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Telemetry;

namespace Gateway.Console.Stats;

/// <summary><c>GET /stats/keys</c>: the client keys by name, what each may use and what it has used. Never a key itself. For the operator's key only.</summary>
public sealed class KeyStatsEndpoint(StatsHistory history, CurrentSnapshot snapshot, KeyLimiter limiter)
{
    public async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, GatewayJson.WriterOptions);
        var keys = snapshot.Value?.Keys;
        var used = history.Latest?.Keys ?? [];
        json.WriteStartObject();
        json.WriteBoolean("anonymous"u8, keys is { Anonymous: true });
        if (keys is { Anonymous: true })
        {
            WriteTokens(json, used.GetValueOrDefault(""));
        }

        json.WriteStartArray("keys"u8);
        foreach (var key in keys?.All ?? [])
        {
            json.WriteStartObject();
            WriteKey(json, key);
            WriteLimits(json, "limits", key.Limits);
            if (key.Limited)
            {
                WriteLimits(json, "used", limiter.Look(key.Name));
            }

            WriteTokens(json, used.GetValueOrDefault(key.Name));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteKey(Utf8JsonWriter json, ClientKey key)
    {
        json.WriteString("name"u8, key.Name);
        json.WriteStartArray("models"u8);
        foreach (var model in key.Models)
        {
            json.WriteStringValue(model);
        }

        json.WriteEndArray();
    }

    private static void WriteLimits(Utf8JsonWriter json, string name, KeyLimits limits)
    {
        json.WriteStartObject(name);
        StatsHistoryWriter.WriteKnown(json, "requests_per_minute", limits.RequestsPerMinute);
        StatsHistoryWriter.WriteKnown(json, "tokens_per_minute", limits.TokensPerMinute);
        StatsHistoryWriter.WriteKnown(json, "max_concurrency", limits.MaxConcurrency);
        StatsHistoryWriter.WriteKnown(json, "monthly_tokens", limits.MonthlyTokens);
        json.WriteEndObject();
    }

    private static void WriteTokens(Utf8JsonWriter json, KeyTokens? used)
    {
        json.WriteStartObject("tokens"u8);
        json.WriteNumber("input"u8, used?.Input ?? 0);
        json.WriteNumber("output"u8, used?.Output ?? 0);
        json.WriteNumber("cached"u8, used?.Cached ?? 0);
        json.WriteEndObject();
    }
}
