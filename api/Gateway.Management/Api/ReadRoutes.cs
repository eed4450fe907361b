using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Management.Audit;
using Gateway.Management.Galleries;
using Gateway.Management.Jobs;
using Gateway.Management.Lifecycle;
using Gateway.Management.Nodes;
using Gateway.Management.Operations;

namespace Gateway.Management.Api;

/// <summary>The routes that list and watch.</summary>
public sealed class ReadRoutes(IEngineLifecycle lifecycle, GalleryLibrary galleries, Fleet fleet, JobBoard jobs, UpgradeCheck upgrades, AuditLog audit, IConfiguredBackends configured)
{
    private const int MaxLines = 10_000;

    public async Task BackendsAsync(HttpContext context)
    {
        var installed = (await lifecycle.ListAsync(context.RequestAborted)).GroupBy(engine => engine.Key.Name).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        var others = configured.All.Where(backend => !installed.Any(group => group.Key == backend.Name)).ToArray();
        var nodes = (await fleet.StatesAsync(context.RequestAborted)).ToDictionary(node => node.Node.Id);
        await Answer.WriteAsync(context, 200, json =>
        {
            json.WriteStartArray();
            foreach (var group in installed)
            {
                json.WriteStartObject();
                BackendAnswer.Write(json, [.. group], upgrades.Last, nodes);
                json.WriteEndObject();
            }

            foreach (var backend in others)
            {
                json.WriteStartObject();
                BackendAnswer.WriteConfigured(json, backend);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    public async Task AvailableAsync(HttpContext context)
    {
        var catalog = await galleries.CatalogAsync(context.RequestAborted);
        var installed = await lifecycle.ListAsync(context.RequestAborted);
        var names = installed.SelectMany(engine => new[] { EngineMetadata.EntryOf(engine), EngineMetadata.MetaOf(engine), engine.Key.Name }).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var nodes = (await fleet.StatesAsync(context.RequestAborted)).Where(node => node.Report.Reachable).Select(node => node.Accelerator).Distinct().ToArray();
        var everything = nodes.Length == 0 || context.Request.Query["all"] == "true";
        var entries = catalog.Entries.Where(entry => everything || Fits(catalog, entry, nodes)).ToArray();
        await Answer.WriteAsync(context, 200, json => Answer.Array(json, entries, (json, entry) => GalleryAnswer.Write(json, entry, names.Contains(entry.Name), Obstacle(catalog, entry, nodes))));
    }

    public async Task KnownAsync(HttpContext context)
    {
        var installed = (await lifecycle.ListAsync(context.RequestAborted)).Select(engine => engine.Kind).ToHashSet();
        var known = EngineGuess.Installable.Select(profile => (Modality: Modality.Of(profile), Profile: profile)).OrderBy(row => row.Modality, StringComparer.Ordinal).ThenBy(row => row.Profile.Id, StringComparer.Ordinal);
        await Answer.WriteAsync(context, 200, json => Answer.Array(json, known, (json, row) =>
        {
            json.WriteString("name"u8, row.Profile.Id);
            json.WriteString("modality"u8, row.Modality);
            json.WriteBoolean("auto_detect"u8, row.Profile.Detection is not null);
            json.WriteString("description"u8, row.Profile.Summary);
            json.WriteBoolean("installed"u8, installed.Contains(row.Profile.Id));
        }));
    }

    public async Task GalleriesAsync(HttpContext context)
    {
        var reports = await galleries.ReportsAsync(context.RequestAborted);
        await Answer.WriteAsync(context, 200, json => Answer.Array(json, reports, GalleryAnswer.Write));
    }

    public Task JobsAsync(HttpContext context) => Answer.WriteAsync(context, 200, json =>
    {
        json.WriteStartObject();
        foreach (var job in jobs.Jobs.All)
        {
            json.WriteStartObject(job.Id);
            JobAnswer.Write(json, job);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    public Task JobAsync(HttpContext context, string id) => jobs.Jobs.Find(id) is not { } job
        ? ErrorWriter.WriteAsync(context, OperationError.NoJob, anthropic: false)
        : Answer.WriteAsync(context, 200, json =>
        {
            json.WriteStartObject();
            JobAnswer.Write(json, job);
            json.WriteEndObject();
        });

    public Task UpgradesAsync(HttpContext context) => Answer.WriteAsync(context, 200, WriteUpgrades);

    public Task CheckUpgradesAsync(HttpContext context, CancellationToken stopping)
    {
        _ = upgrades.RunAsync(stopping);
        return UpgradesAsync(context);
    }

    public async Task NodesAsync(HttpContext context)
    {
        var states = await fleet.StatesAsync(context.RequestAborted);
        var installed = await lifecycle.ListAsync(context.RequestAborted);
        await Answer.WriteAsync(context, 200, json => Answer.Array(json, states, (json, state) => NodeAnswer.Write(json, state, installed.Where(engine => engine.Key.Node == state.Node.Id))));
    }

    public Task AuditAsync(HttpContext context)
    {
        var entries = audit.Read(Number(context, "limit", 100, 1000)).ToArray();
        return Answer.WriteAsync(context, 200, json => JsonSerializer.Serialize(json, entries, AuditJson.Default.AuditEntryArray));
    }

    public async Task LogsAsync(HttpContext context, string name)
    {
        var wanted = context.Request.Query["node"].ToString();
        var engine = (await lifecycle.ListAsync(context.RequestAborted)).FirstOrDefault(engine => engine.Key.Name == name && (wanted.Length == 0 || engine.Key.Node == wanted));
        if (engine is null)
        {
            await ErrorWriter.WriteAsync(context, OperationError.NotInstalled(Gateway.Core.Configuration.YamlReading.Shown(name), ""), anthropic: false);
            return;
        }

        var follow = context.Request.Query["follow"].ToString() is "true" or "1";
        await foreach (var line in lifecycle.LogsAsync(engine.Key, Number(context, "tail", 200, MaxLines), follow, context.RequestAborted))
        {
            Begin(context.Response);
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), context.RequestAborted);
            if (follow)
            {
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }

        Begin(context.Response);
    }

    // Not before the first line: until then an error can still be answered as one.
    private static void Begin(HttpResponse response)
    {
        if (!response.HasStarted)
        {
            response.ContentType = "text/plain; charset=utf-8";
            response.Headers.CacheControl = "no-store";
            response.Headers.XContentTypeOptions = "nosniff";
        }
    }

    private static int Number(HttpContext context, string name, int otherwise, int most) =>
        int.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, most) : otherwise;

    private static bool Fits(GalleryCatalog catalog, GalleryEntry entry, Accelerator[] nodes) => entry.IsMeta
        ? nodes.Any(node => catalog.Resolve(entry, node).Entry is not null)
        : entry.Accelerator == Accelerator.Cpu || nodes.Contains(entry.Accelerator);

    private static string? Obstacle(GalleryCatalog catalog, GalleryEntry entry, Accelerator[] nodes)
    {
        var faults = (nodes.Length == 0 ? [Accelerator.Cpu] : nodes).Select(node => catalog.Resolve(entry, node).Fault).ToArray();
        return faults.Contains(null) ? null : faults[0];
    }

    private void WriteUpgrades(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (name, upgrade) in upgrades.Last.Upgrades)
        {
            json.WriteStartObject(name);
            json.WriteString("backend_name"u8, upgrade.Backend);
            json.WriteString("installed_version"u8, upgrade.InstalledVersion);
            json.WriteString("available_version"u8, upgrade.AvailableVersion);
            Answer.Optional(json, "installed_digest", upgrade.InstalledDigest);
            Answer.Optional(json, "available_digest", upgrade.AvailableDigest);
            if (upgrade.Drift.Count > 0)
            {
                json.WritePropertyName("node_drift"u8);
                Answer.Array(json, upgrade.Drift, (json, drift) =>
                {
                    json.WriteString("node_id"u8, drift.Node);
                    json.WriteString("node_name"u8, fleet.Find(drift.Node)?.Name ?? drift.Node);
                    json.WriteString("version"u8, drift.Version);
                    json.WriteString("digest"u8, drift.Digest);
                });
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
