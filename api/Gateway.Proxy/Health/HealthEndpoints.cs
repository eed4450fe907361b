using System.Text.Json;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Health;

/// <summary><c>/health</c> says that the process can serve, <c>/ready</c> that a backend can take a request.</summary>
public sealed class HealthEndpoints(CurrentSnapshot snapshots, Lifecycle lifecycle, TimeProvider clock)
{
    /// <summary>An engine that takes requests and does not list its models must not be kept out for ever.</summary>
    private static readonly TimeSpan LongestListing = TimeSpan.FromSeconds(15);

    public static IReadOnlyList<string> HealthPaths { get; } = ["/health", "/healthz", "/livez"];

    public static IReadOnlyList<string> ReadyPaths { get; } = ["/ready", "/readyz"];

    private IReadOnlyList<Backend> Backends => snapshots.Value?.Backends.All ?? [];

    /// <summary>Maps the pages, which take any method and need no key.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var health = routes.ServiceProvider.GetRequiredService<HealthEndpoints>();
        foreach (var path in HealthPaths)
        {
            routes.Map(path, WriteHealthAsync);
        }

        foreach (var path in ReadyPaths)
        {
            routes.Map(path, health.WriteReadyAsync);
        }
    }

    public static Task WriteHealthAsync(HttpContext context) => WriteAsync(context, 200, static json =>
    {
        json.WriteString("status"u8, "ok"u8);
        json.WriteString("version"u8, Lifecycle.Version);
    });

    public Task WriteReadyAsync(HttpContext context)
    {
        var ready = !lifecycle.Draining && IsReady();
        if (!ready)
        {
            context.Response.Headers.RetryAfter = "2";
        }

        return WriteAsync(context, ready ? 200 : 503, json =>
        {
            json.WriteString("status"u8, lifecycle.Draining ? "draining"u8 : ready ? "ready"u8 : "not_ready"u8);
            json.WriteNumber("replaced_settings_in_use"u8, lifecycle.ReplacedInUse);
            json.WriteObjects("backends"u8, Backends, WriteBackend);
        });
    }

    public static string Word(EngineState state) => state switch
    {
        EngineState.Absent => "absent",
        EngineState.Pulling => "pulling",
        EngineState.Starting => "starting",
        EngineState.Loading => "loading",
        EngineState.Ready => "ready",
        EngineState.Degraded => "degraded",
        EngineState.Draining => "draining",
        EngineState.Asleep => "asleep",
        EngineState.Unreachable => "unreachable",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    // Until it was ready once, the lists that are about to be read are waited for: a client that comes then asks for them first.
    private bool IsReady()
    {
        if (!Backends.Any(static backend => backend.State is EngineState.Ready or EngineState.Degraded))
        {
            return false;
        }

        if (!lifecycle.WasReady && (!Backends.Any(static backend => backend.ListIsDue) || lifecycle.ListsAwaited(clock) > LongestListing))
        {
            lifecycle.WasReady = true;
        }

        return lifecycle.WasReady;
    }

    private static void WriteBackend(Utf8JsonWriter json, Backend backend)
    {
        json.WriteString("name"u8, backend.Name);
        json.WriteString("kind"u8, backend.Profile.Id);
        json.WriteString("state"u8, Word(backend.State));
        json.WriteBoolean("models_listed"u8, backend.Models.Known);
        json.WriteObjects("replicas"u8, backend.Replicas, WriteReplica);
    }

    private static void WriteReplica(Utf8JsonWriter json, Replica replica)
    {
        json.WriteString("name"u8, replica.Name);
        json.WriteString("state"u8, Word(replica.State));
        json.WriteOptional("reason"u8, replica.HeldNote ?? replica.Trouble);
        if (replica.Load is { } load)
        {
            json.WriteStartObject("load"u8);
            json.WriteOptional("requests_running"u8, load.Running);
            json.WriteOptional("requests_waiting"u8, load.Waiting);
            json.WriteOptional("kv_cache_usage_ratio"u8, load.KvCacheUsage);
            json.WriteOptional("prefix_cache_hit_ratio"u8, load.PrefixCacheHitRatio);
            json.WriteEndObject();
        }
    }

    private static Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> members)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteJsonAsync(json =>
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        });
    }
}
