using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Pipeline;

namespace Gateway.Console;

/// <summary><c>GET /system-info</c>: what runs here, by which settings, and what each engine can do. For the operator's key only.</summary>
public sealed class SystemInfoEndpoint(CurrentSnapshot snapshot, ReloadHistory reloads, Lifecycle lifecycle, TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();

    public async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, GatewayJson.WriterOptions);
        json.WriteStartObject();
        json.WriteString("version"u8, Lifecycle.Version);
        json.WriteString("revision"u8, Lifecycle.Revision);
        json.WriteString("runtime"u8, RuntimeInformation.FrameworkDescription);
        json.WriteString("os"u8, RuntimeInformation.OSDescription);
        json.WriteNumber("processors"u8, Environment.ProcessorCount);
        json.WriteNumber("uptime_seconds"u8, Math.Round(clock.GetElapsedTime(_started).TotalSeconds, 1));
        json.WriteNumber("requests_in_flight"u8, lifecycle.Running);
        json.WriteBoolean("draining"u8, lifecycle.Draining);
        json.WriteNumber("replaced_settings_in_use"u8, lifecycle.ReplacedInUse);
        WriteSettings(json);
        WriteArray(json, "reloads", reloads.All, WriteReload);
        WriteArray(json, "backends", snapshot.Value?.Backends.All ?? [], WriteBackend);
        WriteArray(json, "models", snapshot.Value?.Models.All() ?? [], SystemFacts.WriteModel);
        WriteArray(json, "endpoints", EndpointCatalog.All, SystemFacts.WriteEndpoint);
        WriteArray(json, "engines", EngineCatalog.All, WriteEngine);
        json.WriteEndObject();
    }

    // Only names of the table are shown: what else the process was given may be anybody's secret.
    private void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteStartObject("settings"u8);
        foreach (var spec in SettingCatalog.All)
        {
            var given = snapshot.Variables.GetValueOrDefault(spec.Name, "").Trim();
            var value = given.Length == 0 ? spec.Default : spec.Secret ? "***" : SettingParsers.WithoutSecrets(given);
            json.WriteString(spec.Name, value);
        }

        json.WriteEndObject();
        json.WriteStartArray("settings_waiting_for_restart"u8);
        foreach (var name in snapshot.Waiting)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    private static void WriteReload(Utf8JsonWriter json, ReloadEntry entry)
    {
        json.WriteString("at"u8, entry.At);
        json.WriteString("trigger"u8, entry.Trigger);
        json.WriteString("outcome"u8, entry.Taken ? "taken"u8 : "refused"u8);
        WriteTexts("reasons", entry.Faults);
        WriteTexts("changes", entry.Changes);

        void WriteTexts(string name, IReadOnlyList<string> texts)
        {
            json.WriteStartArray(name);
            foreach (var text in texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }
    }

    private static void WriteBackend(Utf8JsonWriter json, Backend backend)
    {
        json.WriteString("name"u8, backend.Name);
        json.WriteString("kind"u8, backend.Profile.Id);
        json.WriteString("state"u8, HealthEndpoints.Word(backend.State));
        WriteArray(json, "replicas", backend.Replicas, static (json, replica) =>
        {
            json.WriteString("name"u8, replica.Name);
            json.WriteString("url"u8, SettingParsers.WithoutSecrets(replica.Address.Api.ToString()));
            json.WriteString("state"u8, HealthEndpoints.Word(replica.State));
            json.WriteString("breaker"u8, replica.Breaker.State.ToString());
            json.WriteNumber("in_flight"u8, replica.InFlight);
        });
        WriteArray(json, "models", backend.Models.All, static (json, model) => json.WriteString("id"u8, model.Id));
    }

    private static void WriteEngine(Utf8JsonWriter json, EngineProfile engine)
    {
        json.WriteString("id"u8, engine.Id);
        json.WriteString("name"u8, engine.DisplayName);
        json.WriteString("summary"u8, engine.Summary);
        json.WriteString("docs"u8, engine.Docs);
        json.WriteString("read_at"u8, engine.ReadAt);
        json.WriteStartObject("support"u8);
        foreach (var endpoint in EndpointCatalog.All)
        {
            json.WriteString(endpoint.Id.ToString(), engine.Endpoints[endpoint.Id].Level.ToString().ToLowerInvariant());
        }

        json.WriteEndObject();
        SystemFacts.WriteNotes(json, engine);
        WriteArray(json, "options", engine.Deployment.Options, static (json, option) =>
        {
            json.WriteString("variable"u8, option.Variable);
            json.WriteString("flag"u8, option.Flag);
            json.WriteString("default"u8, option.Default);
            json.WriteString("meaning"u8, option.Meaning);
            json.WriteBoolean("secret"u8, option.Secret);
        });
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
